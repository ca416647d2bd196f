namespace Slipway.Api.Cluster;

/// <summary>Which cluster apps run on: the section <c>Cluster</c>.</summary>
public sealed record ClusterOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cluster";

    /// <summary>
    /// The path of a kubeconfig file. Empty: the service account of the pod that this process runs in, and outside of a pod the file
    /// that the variable <c>KUBECONFIG</c> names, and without it <c>~/.kube/config</c>.
    /// </summary>
    public string KubeConfig { get; init; } = "";

    /// <summary>How long one answer of the cluster may take; the streams of watches and logs are not bound by it.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After how many seconds the cluster is asked to end a watch, so that its load spreads; 30 to 3600.</summary>
    public int WatchSeconds { get; init; } = 290;

    /// <summary>What is wrong with the options, as a sentence; null where nothing is.</summary>
    public static string? Explain(ClusterOptions options) => options switch
    {
        { KubeConfig: { Length: > 0 } path } when !File.Exists(path) =>
            $"The setting Cluster:KubeConfig names the file '{path}', which does not exist.",
        _ when options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(5) =>
            "The setting Cluster:Timeout must be between one second and five minutes.",
        { WatchSeconds: < 30 or > 3600 } => "The setting Cluster:WatchSeconds must be between 30 and 3600.",
        _ => null,
    };
}
