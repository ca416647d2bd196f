using Slipway.AppHost.Hosting;
using Slipway.AppHost.Publishing;

// What this machine has and lacks: ports, secrets, folders, a cluster.
using var machine = new LocalMachine(args);
if (machine.Refuse() is { } sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}

var builder = DistributedApplication.CreateBuilder(machine.Arguments).WithQuietLog();
var password = builder.AddParameter("postgres-password", () => machine.Secret("postgres-password"), secret: true);
var encryptionKey = builder.AddParameter("encryption-key", () => machine.Secret("encryption-key"), secret: true);
var alertsToken = builder.AddParameter("alerts-token", () => machine.Secret("alerts-token"), secret: true);

// The truth of what is wanted.
IResourceBuilder<IResourceWithConnectionString> database = machine.RunsPostgresProcess
    ? builder.AddPostgresProcess("postgres", machine, password, database: "slipway")
    : builder.AddPostgres("postgres", password: password, port: machine.Port("Postgres", 15432))
        .WithImageTag("17").WithDataVolume("postgres-data").WithEnvironment("POSTGRES_DB", "slipway").AddDatabase("slipway");

// Makes the cluster match it. Environment values of apps are stored encrypted with this key.
var api = builder.AddProject<Projects.Api>("api", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Api", 8081), isProxied: false)
    .WithHttpHealthCheck("/health")
    .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString).WithReference(database, "slipway")
    .WithEnvironment("Encryption__Key", encryptionKey)
    .WithEnvironment("Alerts__Token", alertsToken)
    .WaitFor(database);

// What people see.
var web = builder.AddProject<Projects.Web>("web", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Portal", 8080), isProxied: false)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(api)
    .WaitFor(api);

if (machine.RunsCluster)
{
    // A real single-node Kubernetes on this machine; one that is up already is joined. Its node ports answer on 127.0.0.1.
    var cluster = builder.AddLocalCluster("cluster", machine);
    // The graphs, and who tells the API of alerts.
    var prometheus = builder.AddPrometheus("prometheus", machine).WaitFor(cluster);
    builder.AddAlertmanager("alertmanager", machine, alertsToken);
    api.WithEnvironment("Exposure__Mode", "NodePort").WithEnvironment("Exposure__Host", "127.0.0.1")
        .WithEnvironment("Prometheus__Url", prometheus.GetEndpoint("http"))
        .WaitFor(cluster);
}

IResourceBuilder<KubernetesEnvironmentResource>? environment = null;
if (builder.ExecutionContext.IsRunMode)
{
    api.RunAsProgram(machine).WithEnvironment("Cluster__KubeConfig", machine.KubeConfig).WithEnvironment("PublicUrl", machine.PortalAddress)
        .WithUrls(context => context.AddNamed("/docs", "API description"));
    web.RunAsProgram(machine).WithEnvironment("PublicUrl", machine.PortalAddress)
        .WithEnvironment("DataProtection__KeyDirectory", machine.Folder("portal-keys"))
        .WithUrls(context => context.AddNamed("", "Portal"));
    builder.AddRunSupport(machine);
}
else
{
    // In a cluster the API uses its pod's service account. What an operator sets is in Publishing/InstallationValues.cs.
    environment = builder.AddKubernetesEnvironment("k8s");
}

builder.Build().Run();
return environment?.Resource.HasPublished is false ? 1 : Environment.ExitCode;
