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
    private readonly Histogram<double> lag;

    public WatchMetrics(IMeterFactory factory, ClusterConnection cluster, ClusterState state)
    {
        meter = factory.Create(Name);
        events = meter.CreateCounter<long>("slipway.watch.events", "{event}", "Changes that the cluster reported, bookmarks included");
        reconnects = meter.CreateCounter<long>("slipway.watch.reconnects", "{reconnect}", "Watches that ended otherwise than by their time limit");
        lists = meter.CreateCounter<long>("slipway.watch.lists", "{list}", "Complete lists that were read");
        lag = meter.CreateHistogram<double>("slipway.watch.lag", "s", "From the arrival of a change until the state shows it");
        meter.CreateObservableCounter("slipway.cluster.calls", () => cluster.Calls, "{call}", "Requests that were sent to the cluster");
        meter.CreateObservableGauge("slipway.cluster.reachable", () => state.UnreachableSince is null ? 1 : 0, "{cluster}", "1 while the cluster answers");
    }

    public static ActivitySource Source { get; } = new(Name);

    public void Event(string kind, string type, TimeSpan took)
    {
        events.Add(1, new("kind", kind), new("type", type));
        lag.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    public void Reconnect(string kind, string why) => reconnects.Add(1, new("kind", kind), new("why", why));

    public void List(string kind) => lists.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Dispose() => meter.Dispose();
}
