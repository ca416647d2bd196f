using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Slipway.Api.Cluster.Watching;

/// <summary>What the watchers measure.</summary>
internal sealed class WatchMetrics : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Slipway.Watch";

    private readonly Meter meter;
    private readonly Counter<long> events, reconnects, lists;
    private readonly Histogram<double> handling;
    private readonly TimeProvider time;
    // When what is known of a kind was current last; null while it is watched.
    private readonly ConcurrentDictionary<string, DateTimeOffset?> kinds = new();

    public WatchMetrics(IMeterFactory factory, ClusterConnection cluster, ClusterState state, TimeProvider time)
    {
        this.time = time;
        meter = factory.Create(Name);
        events = meter.CreateCounter<long>("slipway.watch.events", "{event}", "Changes that the cluster reported, bookmarks included");
        reconnects = meter.CreateCounter<long>("slipway.watch.reconnects", "{reconnect}", "Watches that ended otherwise than by their time limit");
        lists = meter.CreateCounter<long>("slipway.watch.lists", "{list}", "Complete lists that were read");
        handling = meter.CreateHistogram<double>("slipway.watch.handling", "s", "From the arrival of a change until the state shows it");
        meter.CreateObservableGauge("slipway.watch.lag", () => kinds.Select(k => new Measurement<double>(
            k.Value is { } since ? (time.GetUtcNow() - since).TotalSeconds : 0, new KeyValuePair<string, object?>("kind", k.Key))), "s",
            "For how long a kind of objects could not be watched; 0 while it is");
        meter.CreateObservableCounter("slipway.cluster.calls", () => cluster.Calls, "{call}", "Requests that were sent to the cluster");
        meter.CreateObservableGauge("slipway.cluster.reachable", () => state.UnreachableSince is null ? 1 : 0, "{cluster}", "1 while the cluster answers");
    }

    public static ActivitySource Source { get; } = new(Name);

    public void Event(string kind, string type, TimeSpan took)
    {
        events.Add(1, new("kind", kind), new("type", type));
        handling.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    /// <summary>The kind is watched, from what was listed last.</summary>
    public void Current(string kind) => kinds[kind] = null;

    /// <summary>The kind is not watched now.</summary>
    public void Behind(string kind) => kinds.AddOrUpdate(kind, _ => time.GetUtcNow(), (_, since) => since ?? time.GetUtcNow());

    public void Reconnect(string kind, string why) => reconnects.Add(1, new("kind", kind), new("why", why));

    public void List(string kind) => lists.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Dispose() => meter.Dispose();
}
