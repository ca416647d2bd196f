using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// Notices when an object in the cluster is not as Slipway wrote it, and asks for it to be put back. It only ever asks: whether anything
/// is wrong is decided by the reconciler, which reads the object itself, so an alarm that was false costs a read and no more.
/// </summary>
public sealed class DriftDetector(
    ClusterState cluster, WorkQueue queue, Awaited awaited, Comparison comparison, Settings settings, IDbContextFactory<SlipwayDb> databases,
    IOptions<ReconcilingOptions> options, ILogger<DriftDetector> logger) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(150), Later = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string Kind, string Namespace, string Name), ObservedObject> seen = new();
    private readonly ConcurrentDictionary<Guid, bool> changed = new();
    private readonly SemaphoreSlim wake = new(0, 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = cluster.OnChange(Notice);
        try
        {
            await cluster.WaitSynced(stoppingToken);
            var watching = Watch(stoppingToken);
            await Repeat(async first => await CompareAll(first, stoppingToken), stoppingToken);
            await watching;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private void Notice(ClusterChange change)
    {
        if (change.OwnerId is { } waiting && (awaited.Removals.Contains(waiting) || awaited.Rollouts.Contains(waiting)))
        {
            Add(waiting);
        }

        var key = (change.Kind, change.Namespace, change.Name);
        var before = seen.GetValueOrDefault(key);
        var now = cluster.Find(change.Kind, change.Namespace, change.Name);
        if (now is null ? before is null : now.Fingerprint.Length == 0 || Same(now, before))
        {
            return;
        }

        if (now is null)
        {
            seen.TryRemove(key, out _);
        }
        else
        {
            seen[key] = now;
        }

        // Before everything was listed once, the comparison of all is still to come.
        foreach (var owner in new[] { now?.OwnerId, before?.OwnerId }.OfType<Guid>().Distinct().Where(_ => cluster.Synced))
        {
            Add(owner);
        }
    }

    private static bool Same(ObservedObject now, ObservedObject? before) =>
        before is not null && before.Uid == now.Uid && before.Fingerprint == now.Fingerprint && before.OwnerId == now.OwnerId
        && before.ManagedBySlipway == now.ManagedBySlipway;

    private void Add(Guid owner)
    {
        changed[owner] = true;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    private async Task Watch(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await wake.WaitAsync(cancel);
            await Task.Delay(Gather, cancel);
            var owners = changed.Keys.Where(owner => changed.TryRemove(owner, out _)).ToList();
            try
            {
                await Look(owners, cancel);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                logger.LogWarning("Changes in the cluster could not be compared with the database: {Reason}", e.Message);
                _ = AddLater(owners, cancel);
            }
        }
    }

    private async Task Look(IReadOnlyList<Guid> owners, CancellationToken cancel)
    {
        var gone = owners.Where(o => awaited.Removals.Contains(o) && cluster.Owned(o).Count == 0).ToList();
        if (gone.Count > 0)
        {
            await queue.Hasten(gone, cancel);
        }

        var found = await comparison.Of([.. owners.Where(o => !awaited.Removals.Contains(o))], cancel);
        if (owners.Any(awaited.Rollouts.Contains))
        {
            found = [.. found, .. await comparison.RolledOut([.. owners.Where(awaited.Rollouts.Contains)], awaited, cancel)];
        }

        // What is being worked on may well look different at the moment.
        _ = AddLater([.. found.Where(d => d.Busy).Select(d => d.Owner)], cancel);
        await Ask(found.Where(d => !d.Busy), cancel);
    }

    private async Task CompareAll(bool first, CancellationToken cancel)
    {
        if (cluster.UnreachableSince is not null)
        {
            return;
        }

        var signature = first ? (await settings.Get(cancel)).Signature : null;
        await Ask((await comparison.OfAll(signature, cancel)).Concat(await comparison.RolledOut(null, awaited, cancel)).Where(d => !d.Busy), cancel);
        var lost = await comparison.Lost(cancel);
        if (lost.Count > 0)
        {
            logger.LogWarning("{Count} apps or projects were not in line and nothing was going to be done about it; asking", lost.Count);
            await Ask(lost, cancel);
        }
    }

    private async Task Ask(IEnumerable<Difference> differences, CancellationToken cancel)
    {
        var targets = differences.DistinctBy(d => d.Owner).ToList();
        if (targets.Count == 0)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(cancel);
        foreach (var (target, owner, what, _) in targets)
        {
            logger.LogInformation("{Target} {Owner} is to be looked at: {What}", target, owner, what);
            await WorkQueue.Ask(db, target, owner, cancel);
        }
    }

    private async Task AddLater(List<Guid> owners, CancellationToken cancel)
    {
        if (owners.Count == 0)
        {
            return;
        }

        await Task.Delay(Later, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var owner in owners)
        {
            Add(owner);
        }
    }

    private async Task Repeat(Func<bool, Task> compare, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(options.Value.CompareEvery);
        var first = true;
        do
        {
            try
            {
                await compare(first);
                first = false;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or ClusterUnreachableException)
            {
                logger.LogWarning("The cluster could not be compared with the database: {Reason}", e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }
}
