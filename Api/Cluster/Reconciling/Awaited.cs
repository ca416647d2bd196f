using System.Collections.Concurrent;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>What this process waits to see in the cluster, so that work goes on as soon as it is there. Forgotten with the process: it is an alarm, no record.</summary>
public sealed class Awaited
{
    /// <summary>Apps and projects on their way out, until nothing of them is left.</summary>
    internal IdSet Removals { get; } = new();

    /// <summary>Apps with the environment of an earlier release, until no pod of that release is left.</summary>
    internal IdSet Rollouts { get; } = new();

    /// <summary>
    /// Whether all pods that there are, and all that may be started without a change, are of this release. While that is not so, a pod of
    /// an earlier release may be started again at any time, and needs its environment then.
    /// </summary>
    internal static bool IsRolledOut(ObservedApp app, int release) =>
        app is { Synced: true, UnreachableSince: null, Deployment: { } deployment }
        && deployment.Release == release && deployment.ObservedGeneration >= deployment.Generation
        && deployment.Updated == deployment.Wanted && deployment.Replicas == deployment.Wanted
        && app.Pods.All(pod => pod.Release == release);
}

/// <summary>A set of ids that any thread may use.</summary>
internal sealed class IdSet
{
    private readonly ConcurrentDictionary<Guid, bool> ids = new();

    public void Add(Guid id) => ids[id] = true;

    public void Remove(Guid id) => ids.TryRemove(id, out _);

    public bool Contains(Guid id) => ids.ContainsKey(id);
}
