using System.Diagnostics;
using System.Diagnostics.Metrics;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>
/// Writes down what happens to each release. It looks at whole snapshots, so it may look late, twice, or from two processes: every
/// milestone has a key that makes it unique. Many apps are written in one transaction, a few times a second at most.
/// </summary>
internal sealed class TimelineRecorder(
    AppChanges changes, ClusterState cluster, TimelineStore store, IMeterFactory meters, TimeProvider time, ILogger<TimelineRecorder> log) : BackgroundService
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Slipway.Timeline";

    private const int MostApps = 200, MostPending = 50_000;
    // A single app is looked at almost at once, many are gathered.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(0.05), Long = TimeSpan.FromSeconds(0.25);
    private static readonly ActivitySource Source = new(Name);

    private readonly Histogram<double> deployed = meters.Create(Name).CreateHistogram("slipway.deploy.duration", "s",
        "From the request for a release until its replicas were ready", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800] });

    private readonly Dictionary<Guid, Recorded> apps = [];
    // While the database is away: what was seen and may be gone from the cluster when it is back.
    private readonly Dictionary<(Guid AppId, string Key), Milestone> pending = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = changes.Open(null);
        try
        {
            await cluster.WaitSynced(stoppingToken);
            await Task.WhenAll(CatchUp(subscription.Ids, stoppingToken), Record(subscription.Ids, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task CatchUp(IdQueue ids, CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
        Guid? last = null;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var page = await store.AppsAfter(last, 1000, cancel);
                ids.Add(page);
                backoff.Reset();
                if (page.Count == 0)
                {
                    return;
                }

                last = page[^1];
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                log.LogDebug(e, "The apps could not be listed; trying again");
                await backoff.Wait(time, cancel);
            }
        }
    }

    private async Task Record(IdQueue queue, CancellationToken cancel)
    {
        // Short: with each try what is seen is put by, and pods come and go.
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2));
        while (!cancel.IsCancellationRequested)
        {
            var ids = await queue.Take(MostApps, cancel);
            try
            {
                await Record(ids, cancel);
                if (backoff.Attempts > 0)
                {
                    log.LogInformation("The timeline is written again");
                    backoff.Reset();
                }

                await Task.Delay(ids.Count < 20 ? Short : Long, time, cancel);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                if (backoff.Attempts == 0)
                {
                    log.LogWarning("The timeline could not be written: {Problem} Trying again until it can", e.Message);
                }

                Keep(ids);
                queue.Add(ids);
                await backoff.Wait(time, cancel);
            }
        }
    }

    private async Task Record(IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        var asked = await store.Read(ids, cancel);
        var fresh = new Dictionary<(Guid, string), Milestone>(pending);
        foreach (var id in ids)
        {
            if (!asked.TryGetValue(id, out var app))
            {
                apps.Remove(id);
                continue;
            }

            var known = apps.TryGetValue(id, out var recorded) ? recorded : apps[id] = new Recorded();
            known.Take(app);
            foreach (var item in Milestones.Of(id, app.App, cluster.Observe(id), time.GetUtcNow()).Where(i => !known.Keys.Contains(i.Key)))
            {
                fresh[(id, item.Key)] = item;
            }
        }

        if (fresh.Count == 0)
        {
            return;
        }

        var items = fresh.Values.ToList();
        var written = await store.Write(items, cancel);
        pending.Clear();
        foreach (var item in items)
        {
            if (apps.TryGetValue(item.AppId, out var known))
            {
                known.Remember(item.Key);
                if (item.Kind is TimelineKind.Ready && written.Contains((item.AppId, item.Key)))
                {
                    if (known.Asked is { } wanted && wanted.Release == item.Release && item.At > wanted.ReleasedAt)
                    {
                        deployed.Record((item.At - wanted.ReleasedAt).TotalSeconds);
                    }

                    known.TraceReady(item);
                }
            }
        }
    }

    // Nobody can change what is wanted while the database is away, so what was read last still holds.
    private void Keep(IReadOnlyList<Guid> ids)
    {
        foreach (var id in ids)
        {
            var known = apps.GetValueOrDefault(id);
            foreach (var item in Milestones.Of(id, known?.Asked, cluster.Observe(id), time.GetUtcNow()))
            {
                if (pending.Count < MostPending && known?.Keys.Contains(item.Key) is not true)
                {
                    pending.TryAdd((id, item.Key), item);
                }
            }
        }
    }

    /// <summary>What is known of an app, so that only news goes to the database.</summary>
    private sealed class Recorded
    {
        // More keys than these at a time has no app that behaves; what is forgotten is refused by the database's unique key.
        private const int MostKeys = 200;
        private readonly Queue<string> order = new();
        private string? traceParent;

        public HashSet<string> Keys { get; } = [];

        public DesiredApp? Asked { get; private set; }

        public void Take(TimelineStore.Asked app)
        {
            Asked = app.App;
            traceParent = app.TraceParent;
        }

        public void Remember(string key)
        {
            if (Keys.Add(key))
            {
                order.Enqueue(key);
                if (order.Count > MostKeys)
                {
                    Keys.Remove(order.Dequeue());
                }
            }
        }

        /// <summary>Ends the trace that began with the click.</summary>
        public void TraceReady(Milestone ready)
        {
            if (traceParent is { } parent && Asked is { } app && app.Release == ready.Release && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            {
                using var activity = Source.StartActivity("ready", ActivityKind.Internal, context, startTime: app.ReleasedAt);
                activity?.SetTag("slipway.project", app.Project).SetTag("slipway.app", app.Name).SetTag("slipway.release", ready.Release);
                activity?.SetEndTime(ready.At.UtcDateTime > app.ReleasedAt.UtcDateTime ? ready.At.UtcDateTime : app.ReleasedAt.UtcDateTime);
            }

            traceParent = null;
        }
    }
}
