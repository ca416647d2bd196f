using System.Collections.Concurrent;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Which apps and projects are on their way out, so that work on them goes on as soon as the last of them has gone.</summary>
public sealed class RemovalWatch
{
    private readonly ConcurrentDictionary<Guid, bool> leaving = new();

    internal void Begin(Guid id) => leaving[id] = true;

    internal void End(Guid id) => leaving.TryRemove(id, out _);

    internal bool Contains(Guid id) => leaving.ContainsKey(id);
}
