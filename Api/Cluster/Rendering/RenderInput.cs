using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>What the cluster's version offers, as far as it changes what is rendered.</summary>
/// <param name="PolicyV1">PodDisruptionBudget as <c>policy/v1</c> (1.21 and later), else as <c>policy/v1beta1</c>.</param>
/// <param name="PreStopSleep">The <c>sleep</c> action of lifecycle hooks (on by default in 1.30 and later).</param>
public sealed record RenderTraits(bool PolicyV1, bool PreStopSleep);

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

    public required ExposureOptions Exposure { get; init; }

    public required RenderingOptions Options { get; init; }

    public required RenderTraits Traits { get; init; }
}
