namespace Slipway.Api.Cluster.Watching;

/// <summary>What the cluster said about each pod lately. Used under the lock of <see cref="ClusterState"/>.</summary>
internal sealed class PodEvents
{
    /// <summary>How many of a pod's events a snapshot shows.</summary>
    private const int Shown = 20;

    private readonly Dictionary<(string Namespace, string Pod), Dictionary<string, ObservedEvent>> all = [];

    /// <summary>A pod's events, oldest first; only the newest of many.</summary>
    public IReadOnlyList<ObservedEvent> Of(ObservedPod pod) =>
        all.TryGetValue((pod.Namespace, pod.Name), out var events)
            ? [.. events.Values.OrderBy(e => e.LastAt).ThenBy(e => e.Name, StringComparer.Ordinal).Skip(events.Count - Shown)]
            : [];

    public void Add(string ns, PodEvent item)
    {
        var key = (ns, item.Pod);
        (all.TryGetValue(key, out var events) ? events : all[key] = [])[item.Event.Name] = item.Event;
    }

    public void Remove(string ns, PodEvent item)
    {
        var key = (ns, item.Pod);
        if (all.TryGetValue(key, out var events) && events.Remove(item.Event.Name) && events.Count == 0)
        {
            all.Remove(key);
        }
    }
}
