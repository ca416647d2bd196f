using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Work that goes on in this process.</summary>
/// <param name="Lost">Cancelled when it has to be broken off.</param>
internal sealed record ActiveWork(Claim Claim, CancellationTokenSource Lost, Task Work)
{
    /// <summary>Breaks it off, unless it has ended by itself.</summary>
    public void GiveUp()
    {
        try
        {
            Lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has.
        }
    }
}

/// <summary>
/// Keeps the leases of what is worked on. Work whose lease was lost is broken off, because somebody else may have begun on it.
/// </summary>
internal static class Leases
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(4), Limit = TimeSpan.FromSeconds(10);

    /// <summary>Renews until it is told to stop.</summary>
    public static async Task Keep(WorkQueue queue, ConcurrentDictionary<string, ActiveWork> active, ILogger logger, CancellationToken stop)
    {
        var renewed = Stopwatch.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(RenewEvery, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var works = active.Values.ToList();
            if (works.Count == 0 || stop.IsCancellationRequested)
            {
                renewed = Stopwatch.GetTimestamp();
                continue;
            }

            IReadOnlySet<string>? held = null;
            try
            {
                held = await queue.Renew([.. works.Select(w => w.Claim.Token)], stop);
                renewed = Stopwatch.GetTimestamp();
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
            {
                logger.LogWarning("Leases could not be renewed: {Reason}", e.Message);
            }

            var expired = Stopwatch.GetElapsedTime(renewed) > Limit;
            foreach (var work in works.Where(w => (expired || held?.Contains(w.Claim.Token) is false) && active.ContainsKey(w.Claim.Token)))
            {
                logger.LogWarning("The lease on {Target} {TargetId} was lost", work.Claim.Target, work.Claim.TargetId);
                work.GiveUp();
            }
        }
    }
}
