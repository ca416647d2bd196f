using System.Collections.Concurrent;
using Npgsql;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Apps.Crashes;

/// <summary>
/// Keeps what containers wrote before they died. It looks at whole snapshots, so it may look late or twice, and several processes may see
/// the same: a crash has a key that makes it unique.
/// </summary>
internal sealed class CrashRecorder(ClusterState cluster, CrashStore store, LastLines lastLines, TimeProvider time, ILogger<CrashRecorder> logger) : BackgroundService
{
    private const int MostApps = 100, MostAtOnce = 6, MostSeen = 50_000, MostPending = 500;

    private static readonly TimeSpan CatchingUp = TimeSpan.FromSeconds(10);

    // Runs that are stored, so that only news goes to the database.
    private readonly HashSet<(string PodUid, string Container, int Run)> seen = [];

    // While the database is away: what was read and may be gone from the cluster when it is back.
    private readonly ConcurrentDictionary<(string PodUid, string Container, int Run), Crash> pending = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var queue = new IdQueue();
        using var listening = cluster.OnChange(change =>
        {
            if (change is { Kind: "Pod", OwnerId: { } owner })
            {
                queue.Add(owner);
            }
        });
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5));
        try
        {
            await cluster.WaitSynced(stoppingToken);
            queue.Add(cluster.Owners());
            var begun = time.GetTimestamp();
            while (true)
            {
                var ids = await queue.Take(MostApps, stoppingToken);
                try
                {
                    await Record(ids, isNews: time.GetElapsedTime(begun) > CatchingUp, stoppingToken);
                    backoff.Reset();
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    if (backoff.Attempts == 0)
                    {
                        logger.LogWarning("Crashes could not be stored: {Problem} Trying again until they can", e.Message);
                    }

                    queue.Add(ids);
                    await backoff.Wait(time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task Record(IReadOnlyList<Guid> ids, bool isNews, CancellationToken cancel)
    {
        var ends = (from id in ids
                    from pod in cluster.Observe(id).Pods
                    where pod.Release > 0
                    from end in Milestones.EndsOf(pod)
                    let key = (pod.Uid, pod.Container!.Name, end.Run)
                    where !seen.Contains(key) && !pending.ContainsKey(key)
                    select (Id: id, Pod: pod, end.Run, end.End, Key: key)).ToList();
        // What happens from now on is news; the cluster forgets it soon, and the database is asked only when it is stored.
        IReadOnlySet<(string PodUid, string Container, int Run)> known = isNews || ends.Count == 0 ? seen : await Known([.. ends.Select(e => e.Pod.Uid).Distinct()], cancel);
        if (seen.Count > MostSeen)
        {
            seen.Clear();
        }

        seen.UnionWith(ends.Select(e => e.Key).Where(known.Contains));
        await Parallel.ForEachAsync(ends.Where(e => !known.Contains(e.Key)).Take(MostPending - pending.Count), new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancel }, async (e, stop) =>
            pending[e.Key] = new(e.Id, e.Pod.Release, e.Pod.Name, e.Pod.Uid, e.Key.Name, e.Run, e.End, e.End.EndedAt ?? time.GetUtcNow(), await lastLines.Read(e.Id, e.Pod, e.Run, e.End, stop)));
        foreach (var (key, crash) in pending)
        {
            await store.Store(crash, cancel);
            seen.Add(key);
            pending.TryRemove(key, out _);
        }
    }

    // What was stored already, as far as the database says: while it is away, the cluster may forget what cannot be stored yet.
    private async Task<IReadOnlySet<(string PodUid, string Container, int Run)>> Known(IReadOnlyList<string> pods, CancellationToken cancel)
    {
        try
        {
            return await store.Known(pods, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return new HashSet<(string, string, int)>();
        }
    }
}
