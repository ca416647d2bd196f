using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Apps.Observing;

/// <summary>What is wrong with a replica, in words for people who do not know Kubernetes.</summary>
/// <param name="Reason">A few words.</param>
/// <param name="Detail">Full sentences, with what to do about it.</param>
/// <param name="Final">Whether nothing will come of it without a change, as far as can be told; otherwise it may pass.</param>
internal sealed record Trouble(string Reason, string Detail, bool Final = true)
{
    /// <summary>How the container ended, where that is the reason.</summary>
    public ObservedEnd? End { get; init; }
}
