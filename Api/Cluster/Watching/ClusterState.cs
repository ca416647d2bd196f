using System.Collections.Immutable;

namespace Slipway.Api.Cluster.Watching;

/// <summary>
/// What the cluster shows, kept current by the watchers. Reading never calls the cluster. All members may be used by any thread.
/// </summary>
public sealed class ClusterState(ILogger<ClusterState> log, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Dictionary<(string Namespace, string Name), Sighting>> kinds = [];
    private readonly Dictionary<Guid, AppCell> apps = [];
    private readonly PodEvents events = new();
    private readonly HashSet<string> awaited = [], watched = [], failing = [];
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Action<ClusterChange>> listeners = [];
    private DateTimeOffset? unreachableSince;

    /// <summary>Whether every kind was listed at least once.</summary>
    public bool Synced => synced.Task.IsCompleted;

    /// <summary>Since when the cluster does not answer; null while it does.</summary>
    public DateTimeOffset? UnreachableSince
    {
        get
        {
            lock (gate)
            {
                return unreachableSince;
            }
        }
    }

    /// <summary>Returns when every kind was listed at least once.</summary>
    public Task WaitSynced(CancellationToken cancel) => synced.Task.WaitAsync(cancel);

    /// <summary>What is seen of an app; an empty snapshot where nothing is.</summary>
    public ObservedApp Observe(Guid appId)
    {
        lock (gate)
        {
            var seen = apps.TryGetValue(appId, out var cell) ? cell.Snapshot(events.Of) : new ObservedApp(appId);
            return Synced && unreachableSince is null ? seen : seen with { Synced = Synced, UnreachableSince = unreachableSince };
        }
    }

    /// <summary>An object, of a kind that is watched; null where there is none.</summary>
    /// <param name="ns">Empty for objects that are in no namespace.</param>
    public ObservedObject? Find(string kind, string ns, string name)
    {
        lock (gate)
        {
            return kinds.TryGetValue(kind, out var all) && all.TryGetValue((ns, name), out var seen) ? seen.Object : null;
        }
    }

    /// <summary>The objects whose labels name this app or, where they name no app, this project; pods included.</summary>
    public IReadOnlyCollection<ObservedObject> Owned(Guid ownerId)
    {
        lock (gate)
        {
            return apps.TryGetValue(ownerId, out var cell) ? cell.Objects() : [];
        }
    }

    /// <summary>The ids of all apps and projects of which anything is seen.</summary>
    public IReadOnlyCollection<Guid> Owners()
    {
        lock (gate)
        {
            return [.. apps.Keys];
        }
    }

    /// <summary>Calls <paramref name="changed"/> after every change, on the watcher's thread: it must not block. Dispose to end.</summary>
    public IDisposable OnChange(Action<ClusterChange> changed)
    {
        ImmutableInterlocked.Update(ref listeners, all => all.Add(changed));
        return new Listening(() => ImmutableInterlocked.Update(ref listeners, all => all.Remove(changed)));
    }

    /// <summary>Names the kinds that must be listed before the state is whole.</summary>
    internal void Await(IEnumerable<string> names)
    {
        lock (gate)
        {
            watched.UnionWith(names);
            awaited.UnionWith(watched);
        }
    }

    /// <summary>Takes a complete list of a kind: what is not in it is gone. Tells only what differs.</summary>
    internal void Replace(string kind, IReadOnlyList<Sighting> list)
    {
        var changes = new List<ClusterChange>();
        var whole = false;
        lock (gate)
        {
            var gone = new Dictionary<(string Namespace, string Name), Sighting>(Kind(kind));
            foreach (var item in list)
            {
                gone.Remove((item.Object.Namespace, item.Object.Name));
                Put(kind, item, changes);
            }

            foreach (var item in gone.Values)
            {
                Drop(kind, item.Object.Namespace, item.Object.Name, changes);
            }

            whole = awaited.Remove(kind) && awaited.Count == 0 && synced.TrySetResult();
        }

        Tell(changes);
        if (whole)
        {
            log.LogInformation("The state of the cluster is known");
            Tell([new ClusterChange(ClusterChange.Everything, "", "", null)]);
        }
    }

    /// <summary>Takes an object that is new or has changed.</summary>
    internal void Set(string kind, Sighting item)
    {
        var changes = new List<ClusterChange>();
        lock (gate)
        {
            Put(kind, item, changes);
        }

        Tell(changes);
    }

    /// <summary>Takes that an object is gone.</summary>
    internal void Remove(string kind, string ns, string name)
    {
        var changes = new List<ClusterChange>();
        lock (gate)
        {
            Drop(kind, ns, name, changes);
        }

        Tell(changes);
    }

    /// <summary>
    /// Takes that the watcher of a kind reaches the cluster, or why it does not. The cluster counts as unreachable while most cannot: one
    /// of its parts may be broken, or forbidden, for longer.
    /// </summary>
    internal void Reach(string kind, string? problem)
    {
        DateTimeOffset? before, now;
        lock (gate)
        {
            before = unreachableSince;
            _ = problem is null ? failing.Remove(kind) : failing.Add(kind);
            now = unreachableSince = failing.Count * 2 > watched.Count ? before ?? time.GetUtcNow() : null;
        }

        if (before is null && now is not null)
        {
            log.LogWarning("The cluster does not answer: {Problem} Trying again until it does", problem);
        }
        else if (before is { } since && now is null)
        {
            log.LogInformation("The cluster answers again after {Seconds:0.0} s", (time.GetUtcNow() - since).TotalSeconds);
        }
        else
        {
            return;
        }

        Tell([new ClusterChange(ClusterChange.Everything, "", "", null)]);
    }

    private Dictionary<(string Namespace, string Name), Sighting> Kind(string kind) =>
        kinds.TryGetValue(kind, out var all) ? all : kinds[kind] = [];

    private void Put(string kind, Sighting item, List<ClusterChange> changes)
    {
        var all = Kind(kind);
        var key = (item.Object.Namespace, item.Object.Name);
        var before = all.GetValueOrDefault(key);
        if (before is not null && before.Version == item.Version && before.Object.Uid == item.Object.Uid)
        {
            return;
        }

        all[key] = item;
        if (before?.Object.OwnerId is { } owner && owner != item.Object.OwnerId)
        {
            Leave(owner, before.Object);
            changes.Add(Change(before.Object));
        }

        if (item.Object.OwnerId is { } app)
        {
            (apps.TryGetValue(app, out var cell) ? cell : apps[app] = new AppCell(app)).Set(item);
        }

        changes.Add(item.Detail is PodEvent said ? Note(item.Object, said) : Change(item.Object));
    }

    private void Drop(string kind, string ns, string name, List<ClusterChange> changes)
    {
        if (!Kind(kind).Remove((ns, name), out var before))
        {
            return;
        }

        if (before.Object.OwnerId is { } owner)
        {
            Leave(owner, before.Object);
        }

        if (before.Detail is PodEvent said)
        {
            // Events expire by the clock; that alone is no news.
            events.Remove(ns, said);
            PodOwner(ns, said.Pod)?.Touch();
            return;
        }

        changes.Add(Change(before.Object));
    }

    private ClusterChange Note(ObservedObject item, PodEvent said)
    {
        events.Add(item.Namespace, said);
        PodOwner(item.Namespace, said.Pod)?.Touch();
        return Change(item) with { OwnerId = Kind("Pod").GetValueOrDefault((item.Namespace, said.Pod))?.Object.OwnerId };
    }

    private AppCell? PodOwner(string ns, string pod) =>
        Kind("Pod").TryGetValue((ns, pod), out var seen) && seen.Object.OwnerId is { } app ? apps.GetValueOrDefault(app) : null;

    private void Leave(Guid owner, ObservedObject item)
    {
        if (apps.TryGetValue(owner, out var cell))
        {
            cell.Remove(item);
            if (cell.IsEmpty)
            {
                apps.Remove(owner);
            }
        }
    }

    private static ClusterChange Change(ObservedObject item) => new(item.Kind, item.Namespace, item.Name, item.OwnerId);

    private void Tell(List<ClusterChange> changes)
    {
        foreach (var change in changes)
        {
            foreach (var listener in listeners)
            {
                try
                {
                    listener(change);
                }
                catch (Exception e)
                {
                    log.LogError(e, "A listener to changes of the cluster failed on {Kind} {Namespace}/{Name}", change.Kind, change.Namespace, change.Name);
                }
            }
        }
    }

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
