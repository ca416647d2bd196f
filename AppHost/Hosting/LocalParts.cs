namespace Slipway.AppHost.Hosting;

/// <summary>The parts of a local run that are programs of this machine: the cluster, Prometheus, Alertmanager.</summary>
static class LocalParts
{
    /// <summary>What the cluster's script exits with when somebody has stopped the cluster: it is not to be started again.</summary>
    public const int StoppedOnPurpose = 3;

    // kube-proxy's health port: it is the last part of the cluster to get well.
    private const int ClusterHealthPort = 16256;

    /// <summary>A real single-node Kubernetes; one that is up already is joined.</summary>
    public static IResourceBuilder<ExecutableResource> AddLocalCluster(this IDistributedApplicationBuilder builder, string name, LocalMachine machine) =>
        builder.AddExecutable(name, "bash", "..", "deploy/local/cluster.sh", "serve", "--follow-parent")
            .WithEnvironment("SLIPWAY_HOME", machine.Home)
            .WithHttpEndpoint(port: ClusterHealthPort, isProxied: false)
            .WithHttpHealthCheck("/healthz")
            .WithIconName("Cloud")
            .WithCommand("kubectl", "Show how to use kubectl", _ => Task.FromResult(CommandResults.Success($"export KUBECONFIG={machine.KubeConfig}")), new() { IconName = "Code" })
            .WithUrls(context => context.Urls.Clear());

    /// <summary>Prometheus, which measures the cluster, the API and the portal.</summary>
    public static IResourceBuilder<ExecutableResource> AddPrometheus(this IDistributedApplicationBuilder builder, string name, LocalMachine machine) =>
        builder.AddMonitoring(name, machine, machine.Port("Prometheus", 19090)!.Value, "Graphs")
            .WithArgs("--portal", $"127.0.0.1:{machine.Port("Portal", 8080)}", "--alertmanager", $"127.0.0.1:{machine.Port("Alertmanager", 19093)}");

    /// <summary>Alertmanager, which tells the API of alerts.</summary>
    public static IResourceBuilder<ExecutableResource> AddAlertmanager(
        this IDistributedApplicationBuilder builder, string name, LocalMachine machine, IResourceBuilder<ParameterResource> token) =>
        builder.AddMonitoring(name, machine, machine.Port("Alertmanager", 19093)!.Value, "Alerts").WithEnvironment("ALERTS_TOKEN", token);

    /// <summary>Starts a project's program itself: `dotnet run` in between costs 135 MB and seconds, and a killed one leaves the program behind.</summary>
    public static IResourceBuilder<ProjectResource> RunAsProgram(this IResourceBuilder<ProjectResource> project, LocalMachine machine)
    {
        project.WithEnvironment("SLIPWAY_HOME", machine.Home).WithoutHttpsCertificate().WithEndpoint("http", endpoint => endpoint.TargetHost = "127.0.0.1");
        // An IDE that debugs starts the project by itself.
        return Environment.GetEnvironmentVariable("DEBUG_SESSION_PORT") is null && ProjectOutputs.ProgramOf(project.Resource) is { } program
            ? project.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = Path.GetDirectoryName(program)! })
            : project;
    }

    /// <summary>Names an address of a process in the dashboard, rather than to show its port.</summary>
    public static void AddNamed(this ResourceUrlsCallbackContext context, string path, string text)
    {
        if (context.Urls.FirstOrDefault(url => url.Endpoint is not null) is { } url)
        {
            (url.Url, url.DisplayText) = ($"{new Uri(url.Url).GetLeftPart(UriPartial.Authority)}{path}", text);
        }
    }

    private static IResourceBuilder<ExecutableResource> AddMonitoring(this IDistributedApplicationBuilder builder, string name, LocalMachine machine, int port, string text) =>
        builder.AddExecutable(name, "bash", "..", "deploy/local/monitoring.sh", name, "--port", $"{port}", "--data", machine.Folder(name),
                "--api", $"127.0.0.1:{machine.Port("Api", 8081)}")
            .WithEnvironment("SLIPWAY_HOME", machine.Home)
            .WithHttpEndpoint(port: port, isProxied: false)
            .WithHttpHealthCheck("/-/healthy")
            .WithUrls(context => context.AddNamed("", text));
}
