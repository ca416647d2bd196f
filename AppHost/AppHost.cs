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
var alertsToken = builder.AddParameter("alerts-token", machine.Secret("alerts-token"), secret: true);
var api = builder.AddProject("api", "../Api/Api.csproj", launchProfileName: null)
    .WithHttpEndpoint(port: machine.Port("Api", 8081))
    .WithHttpHealthCheck("/health")
    .WithReference(database)
    .WithEnvironment("Encryption__Key", encryptionKey)
    .WithEnvironment("Alerts__Token", alertsToken)
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

    // The graphs, and who tells the API of alerts.
    var (graphs, alerts) = ($"{machine.Port("Prometheus", 19090)}", $"{machine.Port("Alertmanager", 19093)}");
    var apiAddress = $"127.0.0.1:{machine.Port("Api", 8081)}";
    var prometheus = builder.AddExecutable("prometheus", "bash", "..", "deploy/local/monitoring.sh", "prometheus", "--port", graphs)
        .WithArgs("--data", machine.Folder("prometheus"), "--api", apiAddress, "--portal", $"127.0.0.1:{machine.Port("Portal", 8080)}")
        .WithArgs("--alertmanager", $"127.0.0.1:{alerts}")
        .WithEnvironment("SLIPWAY_HOME", machine.Home)
        .WithHttpEndpoint(port: machine.Port("Prometheus", 19090), isProxied: false)
        .WithHttpHealthCheck("/-/healthy")
        .WaitFor(cluster);
    builder.AddExecutable("alertmanager", "bash", "..", "deploy/local/monitoring.sh", "alertmanager", "--port", alerts)
        .WithArgs("--data", machine.Folder("alertmanager"), "--api", apiAddress)
        .WithEnvironment("SLIPWAY_HOME", machine.Home)
        .WithEnvironment("ALERTS_TOKEN", alertsToken)
        .WithHttpEndpoint(port: machine.Port("Alertmanager", 19093), isProxied: false)
        .WithHttpHealthCheck("/-/healthy");

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
    var metricsToken = builder.AddParameter("metrics-token", machine.Secret("metrics-token"), secret: true);
    foreach (var process in new[] { api, web })
    {
        process.WithEnvironment("PublicUrl", "https://slipway.example.org").WithEnvironment("TrustedProxies__0", "10.244.0.0/16")
            .WithEnvironment("Metrics__Token", metricsToken);
    }

    api.WithEnvironment("Exposure__Mode", "Ingress").WithEnvironment("Exposure__Domain", "apps.example.org")
        .WithEnvironment("Prometheus__Url", "http://prometheus.monitoring:9090");
}

builder.Build().Run();
return Environment.ExitCode;
