namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The settings <c>Cluster:*</c> that say how work is done.</summary>
public sealed record ReconcilingOptions
{
    /// <summary>How many apps and projects are brought into line at the same time by one process.</summary>
    public int Workers { get; init; } = 8;

    /// <summary>How often everything is compared with the cluster, besides what the watches report at once.</summary>
    public TimeSpan CompareEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(ReconcilingOptions options) => options switch
    {
        { Workers: < 1 or > 100 } => "The setting Cluster:Workers must be 1 to 100.",
        _ when options.CompareEvery < TimeSpan.FromSeconds(5) || options.CompareEvery > TimeSpan.FromDays(1) =>
            "The setting Cluster:CompareEvery must be five seconds to one day, such as 00:05:00.",
        _ => null,
    };
}
