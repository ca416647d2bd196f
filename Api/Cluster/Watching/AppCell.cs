namespace Slipway.Api.Cluster.Watching;

/// <summary>What is seen of one app. Used under the lock of <see cref="ClusterState"/>.</summary>
internal sealed class AppCell(Guid id)
{
    private readonly Dictionary<(string Kind, string Namespace, string Name), Sighting> sightings = [];
    private ObservedApp? snapshot;

    public bool IsEmpty => sightings.Count == 0;

    public void Set(Sighting sighting)
    {
        sightings[Key(sighting.Object)] = sighting;
        snapshot = null;
    }

    public void Remove(ObservedObject item)
    {
        sightings.Remove(Key(item));
        snapshot = null;
    }

    /// <summary>Says that something that the snapshot shows, and that is not kept here, has changed.</summary>
    public void Touch() => snapshot = null;

    public IReadOnlyCollection<ObservedObject> Objects() => [.. sightings.Values.Select(s => s.Object)];

    /// <summary>The snapshot, made again only when something has changed.</summary>
    /// <param name="events">The events of a pod.</param>
    public ObservedApp Snapshot(Func<ObservedPod, IReadOnlyList<ObservedEvent>> events)
    {
        if (snapshot is { } current)
        {
            return current;
        }

        var pods = new List<ObservedPod>();
        current = new ObservedApp(id) { Pods = pods };
        foreach (var sighting in sightings.Values)
        {
            switch (sighting.Detail)
            {
                case ObservedPod pod:
                    pods.Add(events(pod) is { Count: > 0 } said ? pod with { Events = said } : pod);
                    break;
                case ObservedDeployment deployment:
                    current = current with { Deployment = deployment };
                    break;
                case ObservedService service:
                    current = current with { Service = service };
                    break;
                case ObservedIngress ingress:
                    current = current with { Ingress = ingress };
                    break;
            }
        }

        pods.Sort((a, b) => (a.CreatedAt, a.Name).CompareTo((b.CreatedAt, b.Name)));
        return snapshot = current;
    }

    private static (string Kind, string Namespace, string Name) Key(ObservedObject item) => (item.Kind, item.Namespace, item.Name);
}
