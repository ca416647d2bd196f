using Slipway.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var machine = new LocalMachine(builder);
if (machine.MissingForCluster() is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

// The truth of what is wanted.
var password = builder.AddParameter("postgres-password", machine.Secret("postgres-password"), secret: true);
var database = builder.AddPostgres("postgres", password: password, port: machine.Port("Postgres", 15432))
    .WithEnvironment("POSTGRES_DB", "slipway")
    .WithDataVolume("postgres-data")
    .AddDatabase("slipway");

// Makes the cluster match it. Environment values of apps are stored encrypted with this key.
var encryptionKey = builder.AddParameter("encryption-key", machine.Secret("encryption-key"), secret: true);
var api = builder.AddProject("api", "../Api/Api.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Api", 8081))
    .WithHttpHealthCheck("/health")
    .WithReference(database)
    .WithEnvironment("Encryption__Key", encryptionKey)
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

    var port = machine.Port("Prometheus", 19090);
    var prometheus = builder.AddExecutable("prometheus", "prometheus", machine.Folder("prometheus"))
        .WithArgs($"--config.file={machine.Home}/cluster/state/prometheus.yml", $"--web.listen-address=127.0.0.1:{port}")
        .WithArgs("--storage.tsdb.path=data", "--storage.tsdb.retention.time=7d")
        .WithHttpEndpoint(port: port, targetPort: port, isProxied: false)
        .WithHttpHealthCheck("/-/healthy")
        .WaitFor(cluster);

    // Node ports of the local cluster answer on 127.0.0.1.
    api.WithEnvironment("Exposure__Mode", "NodePort").WithEnvironment("Exposure__Host", "127.0.0.1")
        .WithEnvironment("Prometheus__Url", prometheus.GetEndpoint("http"))
        .WaitFor(cluster);
}

if (builder.ExecutionContext.IsRunMode)
{
    var address = $"http://127.0.0.1:{machine.Port("Portal", 8080)}";
    api.WithEnvironment("Cluster__KubeConfig", machine.KubeConfig).WithEnvironment("PublicUrl", address);
    web.WithEnvironment("PublicUrl", address);
    web.WithEnvironment("DataProtection__KeyDirectory", machine.Folder("portal-keys"));
}
else
{
    // In a cluster the API uses its pod's service account. What an operator sets is in the chart's values.
    builder.AddKubernetesEnvironment("k8s").WithHelm(chart => chart.WithChartName("slipway")).WithDashboard(false);
    api.WithEnvironment("PublicUrl", "https://slipway.example.org").WithEnvironment("TrustedProxies__0", "10.244.0.0/16");
    web.WithEnvironment("PublicUrl", "https://slipway.example.org").WithEnvironment("TrustedProxies__0", "10.244.0.0/16");
    api.WithEnvironment("Exposure__Mode", "Ingress").WithEnvironment("Exposure__Domain", "apps.example.org")
        .WithEnvironment("Prometheus__Url", "http://prometheus.monitoring:9090");
}

builder.Build().Run();
return Environment.ExitCode;
