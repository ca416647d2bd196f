using System.Diagnostics;
using System.Diagnostics.Metrics;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>What the reconciler tells about itself: the activity source and the meter <c>Slipway.Reconciler</c>.</summary>
public sealed class ReconcilerTelemetry : IDisposable
{
    public const string Name = "Slipway.Reconciler";

    private static readonly ActivitySource Source = new(Name);
    private readonly Meter meter = new(Name);
    private readonly Histogram<double> duration;
    private readonly Counter<long> failures, writes, repairs;
    private long queued;

    public ReconcilerTelemetry()
    {
        duration = meter.CreateHistogram<double>("slipway.reconcile.duration", "s", "How long it took to bring one app or project into line.");
        failures = meter.CreateCounter<long>("slipway.reconcile.failures", description: "Attempts that failed.");
        writes = meter.CreateCounter<long>("slipway.reconcile.writes", description: "Objects that were created or applied in the cluster.");
        repairs = meter.CreateCounter<long>("slipway.reconcile.repairs", description: "Objects that somebody had changed or deleted in the cluster.");
        meter.CreateObservableGauge("slipway.reconcile.queue", () => Interlocked.Read(ref queued), description: "Work items that wait or are worked on.");
    }

    /// <summary>One attempt, in the trace of the request that asked for it.</summary>
    internal static Activity? Start(Claim claim)
    {
        var activity = Source.StartActivity("reconcile", ActivityKind.Consumer, claim.TraceParent);
        activity?.SetTag("slipway.target", claim.Target.ToString());
        activity?.SetTag("slipway.target.id", claim.TargetId);
        return activity;
    }

    public void Dispose() => meter.Dispose();

    internal void Took(WorkTarget target, TimeSpan time, string outcome) =>
        duration.Record(time.TotalSeconds, new("target", target.ToString()), new("outcome", outcome));

    internal void Failed(WorkTarget target, Failure failure) => failures.Add(1, new("target", target.ToString()), new("failure", failure.ToString()));

    internal void Wrote(string kind) => writes.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void Repaired(string kind) => repairs.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void Queued(long count) => Interlocked.Exchange(ref queued, count);
}
