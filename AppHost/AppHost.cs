using Slipway.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var machine = new LocalMachine(builder);
if (machine.MissingForCluster() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

// The truth of what is wanted.
var postgres = builder.AddPostgres("postgres",
        password: builder.AddParameter("postgres-password", machine.Secret("postgres-password"), secret: true),
        port: machine.Port("Postgres", 15432))
    .WithEnvironment("POSTGRES_DB", "slipway")
    .WithDataVolume();
var database = postgres.AddDatabase("slipway");

// Makes the cluster match it. Environment values of apps are stored encrypted with this key.
var api = builder.AddProject("api", "../Api/Api.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Api", 8081))
    .WithHttpHealthCheck("/health")
    .WithReference(database)
    .WithEnvironment("Encryption__Key", builder.AddParameter("encryption-key", machine.Secret("encryption-key"), secret: true))
    .WithEnvironment("Exposure__Mode", machine.ExposureMode)
    .WithEnvironment("Exposure__Host", machine.ExposureHost)
    .WithEnvironment("Prometheus__Url", machine.PrometheusUrl)
    .WaitFor(database);

// What people see.
var web = builder.AddProject("web", "../Web/Web.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Portal", 8080))
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(api)
    .WaitFor(api);

if (machine.RunsCluster)
{
    // A real single-node Kubernetes on this machine; one that is up already is joined. kube-proxy is its last part to get well.
    var cluster = builder.AddExecutable("cluster", "bash", "..", "deploy/local/cluster.sh", "serve", "--stdin-is-lifeline")
        .WithEnvironment("SLIPWAY_HOME", machine.Home)
        .WithHttpEndpoint(port: 16256, isProxied: false)
        .WithHttpHealthCheck("/healthz");
    api.WaitFor(cluster);

    builder.AddExecutable("prometheus", "prometheus", machine.Folder("prometheus"))
        .WithArgs($"--config.file={machine.Home}/cluster/state/prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=7d")
        .WithArgs($"--web.listen-address=127.0.0.1:{machine.Port("Prometheus", 19090)}")
        .WithHttpEndpoint(port: machine.Port("Prometheus", 19090), targetPort: machine.Port("Prometheus", 19090), isProxied: false)
        .WithHttpHealthCheck("/-/healthy")
        .WaitFor(cluster);
}

if (builder.ExecutionContext.IsRunMode)
{
    api.WithEnvironment("Cluster__KubeConfig", machine.KubeConfig);
    web.WithEnvironment("DataProtection__KeyDirectory", machine.Folder("portal-keys"));
}
else
{
    builder.AddKubernetesEnvironment("k8s").WithHelm(chart => chart.WithChartName("slipway")).WithDashboard(false);
}

builder.Build().Run();
return Environment.ExitCode;
