namespace Slipway.Api.Cluster.Rendering;

/// <summary>The settings <c>Cluster:*</c> that say how apps are run.</summary>
public sealed record RenderingOptions
{
    /// <summary>After how many seconds without progress a rollout has failed.</summary>
    public int ProgressDeadlineSeconds { get; init; } = 300;

    /// <summary>How many seconds a replica has to end by itself when it is taken away.</summary>
    public int TerminationGraceSeconds { get; init; } = 30;

    /// <summary>
    /// How many seconds a replica that is taken away goes on serving, so that nothing is sent to it any more when it stops.
    /// </summary>
    public int DrainSeconds { get; init; } = 2;

    /// <summary>
    /// Whether every start asks the registry for the image, also for tags that do not move. Otherwise an image that one project has fetched
    /// can be started by another project on the same machine without a sign-in, and apps start while the registry is away
    /// (kubernetes.io/docs/concepts/containers/images).
    /// </summary>
    public bool AlwaysPullImages { get; init; }

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(RenderingOptions options) => options switch
    {
        { ProgressDeadlineSeconds: < 10 or > 86_400 } => "The setting Cluster:ProgressDeadlineSeconds must be 10 to 86400.",
        { TerminationGraceSeconds: < 1 or > 3600 } => "The setting Cluster:TerminationGraceSeconds must be 1 to 3600.",
        _ when options.DrainSeconds < 0 || options.DrainSeconds >= options.TerminationGraceSeconds =>
            "The setting Cluster:DrainSeconds must be at least 0 and less than Cluster:TerminationGraceSeconds.",
        _ => null,
    };
}
