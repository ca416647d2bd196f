using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Says in words how a pod is. Pure.</summary>
internal static class PodWords
{
    /// <summary>The pod as it is shown.</summary>
    /// <param name="desired">The app, with the spec of the release that the pod runs.</param>
    public static PodView Of(DesiredApp desired, ObservedPod pod, DateTimeOffset now)
    {
        var trouble = pod.DeletedAt is null ? StatusRules.Examine(desired, pod, late: false, now) : null;
        return new(pod.Name, pod.Release, Phase(pod, trouble), pod is { Ready: true, DeletedAt: null }, pod.Container?.Restarts ?? 0, pod.CreatedAt, pod.Node,
            trouble?.Detail);
    }

    private static string Phase(ObservedPod pod, Trouble? trouble) => pod switch
    {
        { DeletedAt: not null } => "Stopping",
        { Phase: "Succeeded" } => "Ended",
        { Phase: "Failed", Reason: "Evicted" } => "Moved away",
        { Phase: "Failed" } => "Lost",
        { Container: { RunningSince: null, WaitingReason: "CrashLoopBackOff" } } => $"{trouble?.Reason ?? "Ended"}, waiting to start again",
        { Container: { RunningSince: null, Ended: not null } } => trouble?.Reason ?? "Ended",
        { Ready: true } => "Running",
        { Container.RunningSince: not null } => trouble is { Final: true } ? $"{trouble.Reason}, started again" : trouble?.Reason ?? "Starting",
        _ when trouble is not null => trouble.Reason,
        { Node: null } => "Waiting for a machine",
        { Events: var events } when !events.Any(e => e.Reason == "Pulled") => "Fetching the image",
        _ => "Starting",
    };
}
