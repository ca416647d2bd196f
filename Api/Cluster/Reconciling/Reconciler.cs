using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// Takes work from the queue and does it, several items at once, each in one process only. Woken by NOTIFY, by items that become due,
/// and every few seconds in case a wake-up got lost.
/// </summary>
public sealed class Reconciler(
    WorkQueue queue, WorkSignal signal, AppReconciler apps, ProjectReconciler projects, ReconcilerTelemetry telemetry,
    IDbContextFactory<SlipwayDb> databases, IOptions<ReconcilingOptions> options, ILogger<Reconciler> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2), Farewell = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ActiveWork> active = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Work goes on for a moment after the process was asked to stop, so that little is left half done.
        using var stop = new CancellationTokenSource();
        var renewing = Leases.Keep(queue, active, logger, stop.Token);
        signal.Lost += GiveUp;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.Present(stoppingToken);
                await Round(stop.Token, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                logger.LogError(e, "Work could not be taken from the queue");
                await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await Task.WhenAny(Task.WhenAll(active.Values.Select(a => a.Work)), Task.Delay(Farewell, CancellationToken.None));
        await stop.CancelAsync();
        await Task.WhenAll(active.Values.Select(a => a.Work));
        await renewing;
    }

    /// <summary>The other processes take this one for dead and will do its work: it must not.</summary>
    private void GiveUp()
    {
        foreach (var work in active.Values)
        {
            work.GiveUp();
        }
    }

    private async Task Round(CancellationToken working, CancellationToken stopping)
    {
        var seen = signal.Count;
        var free = options.Value.Workers - active.Count;
        var taken = free > 0 ? await queue.Take(free, stopping) : [];
        foreach (var claim in taken)
        {
            var lost = CancellationTokenSource.CreateLinkedTokenSource(working);
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            active[claim.Token] = new(claim, lost, Work(claim, start.Task, lost));
            start.SetResult();
        }

        if (free > 0 && taken.Count == free)
        {
            return;
        }

        if (free <= 0)
        {
            await signal.Wait(seen, Poll, stopping);
            return;
        }

        var state = await queue.State(stopping);
        telemetry.Queued(state.Count);
        if (state.Count > active.Count)
        {
            await queue.ReleaseOfTheDead(stopping);
        }

        var wait = state.Wait is { } next && next < Poll ? next + TimeSpan.FromMilliseconds(2) : Poll;
        if (wait > TimeSpan.Zero)
        {
            await signal.Wait(seen, wait, stopping);
        }
    }

    private async Task Work(Claim claim, Task start, CancellationTokenSource lost)
    {
        await start;
        var clock = Stopwatch.GetTimestamp();
        var outcome = "done";
        using var activity = ReconcilerTelemetry.Start(claim);
        try
        {
            try
            {
                await (claim.Target is WorkTarget.App ? apps.Reconcile(claim.TargetId, lost.Token) : projects.Reconcile(claim.TargetId, lost.Token));
                await queue.Complete(claim, CancellationToken.None);
            }
            catch (Exception e)
            {
                outcome = await Postpone(claim, e, lost.Token);
                activity?.SetStatus(outcome is "failed" ? ActivityStatusCode.Error : ActivityStatusCode.Unset, e.Message);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            // The lease ends by itself.
            logger.LogError(e, "What became of the work on {Target} {TargetId} could not be written down", claim.Target, claim.TargetId);
        }
        finally
        {
            telemetry.Took(claim.Target, Stopwatch.GetElapsedTime(clock), outcome);
            active.TryRemove(claim.Token, out _);
            lost.Dispose();
            signal.Set();
        }
    }

    private async Task<string> Postpone(Claim claim, Exception error, CancellationToken lost)
    {
        switch (error)
        {
            case OperationCanceledException when lost.IsCancellationRequested:
                await queue.Release(claim, CancellationToken.None);
                return "given back";
            case NotYetException later:
                await queue.Postpone(claim, later.Again, null, CancellationToken.None);
                return "not yet";
            case NamespaceGoneException when claim is { Target: WorkTarget.App, Attempts: 0 }:
                await AskForProject(claim.TargetId);
                break;
        }

        var failure = error switch
        {
            ClusterUnreachableException => Failure.Unreachable,
            // Its apps are asked for when it is back.
            NamespaceGoneException when claim.Target is WorkTarget.Project => Failure.Unreachable,
            ObjectProblemException => Failure.Permanent,
            _ => Failure.Passing,
        };
        var delay = RetryDelay.After(failure, claim.Attempts + 1, Random.Shared.NextDouble());
        telemetry.Failed(claim.Target, failure);
        if (failure is Failure.Passing && error is not NamespaceGoneException)
        {
            logger.LogError(error, "{Target} {TargetId} could not be brought into line; next attempt in {Delay}", claim.Target, claim.TargetId, delay);
        }
        else
        {
            logger.LogWarning("{Target} {TargetId} could not be brought into line; next attempt in {Delay}: {Reason}", claim.Target, claim.TargetId, delay, error.Message);
        }

        await queue.Postpone(claim, delay, error.Message, CancellationToken.None);
        return "failed";
    }

    private async Task AskForProject(Guid app)
    {
        await using var db = await databases.CreateDbContextAsync();
        if (await db.Apps.Where(a => a.Id == app).Select(a => (Guid?)a.ProjectId).SingleOrDefaultAsync() is { } project)
        {
            await WorkQueue.Ask(db, WorkTarget.Project, project, CancellationToken.None);
        }
    }
}
