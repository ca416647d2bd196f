namespace Slipway.Api.Cluster.Watching;

/// <summary>
/// What the cluster shows, kept current by the watchers. Reading never calls the cluster. All members may be used by any thread.
/// </summary>
public sealed class ClusterState
{
    /// <summary>What is seen of an app; an empty snapshot where nothing is.</summary>
    public ObservedApp Observe(Guid appId) => throw new NotSupportedException(appId.ToString());

    /// <summary>An object, of a kind that is watched.</summary>
    public ObservedObject? Find(string kind, string ns, string name) => throw new NotSupportedException(kind + ns + name);

    /// <summary>The objects whose label names this app, pods included.</summary>
    public IReadOnlyCollection<ObservedObject> Owned(Guid ownerId) => throw new NotSupportedException(ownerId.ToString());

    /// <summary>Whether every kind was listed at least once.</summary>
    public bool Synced => false;

    /// <summary>Since when the cluster does not answer; null while it does.</summary>
    public DateTimeOffset? UnreachableSince => null;

    /// <summary>Calls <paramref name="changed"/> after every change, on the watcher's thread: it must not block. Dispose to end.</summary>
    public IDisposable OnChange(Action<ClusterChange> changed) => throw new NotSupportedException(changed.Method.Name);
}
