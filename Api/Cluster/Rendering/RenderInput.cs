using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>Everything that an app's objects depend on.</summary>
public sealed record RenderInput
{
    public required Guid AppId { get; init; }

    /// <summary>The project's name, which is the namespace's.</summary>
    public required string Project { get; init; }

    public required string App { get; init; }

    /// <summary>The number of the release that is rendered.</summary>
    public required int Release { get; init; }

    public required AppSpec Spec { get; init; }

    /// <summary>The environment's values, decrypted.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required bool Stopped { get; init; }

    public required DateTimeOffset? RestartedAt { get; init; }

    public required RenderSettings Settings { get; init; }
}

/// <summary>What is the same for all apps: the operator's settings and what the cluster offers.</summary>
public sealed record RenderSettings(ExposureOptions Exposure, RenderingOptions Options, QuotaOptions Quota, bool PolicyV1, bool PreStopSleep)
{
    /// <summary>Grows with every change of what is rendered from the same input, so that a new version of Slipway applies it to what runs.</summary>
    private const int Revision = 2;

    /// <summary>A short hash: objects rendered with other settings have to be rendered again.</summary>
    public string Signature => ShortHash.Of(
        $"{Revision}|{Exposure}|{Options}|{Quota with { PodNetworks = [] }}|{string.Join(',', Quota.PodNetworks)}|{PolicyV1}|{PreStopSleep}", 8);
}
