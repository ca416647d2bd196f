using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// Wakes the reconciler, and shows the other processes that this one lives: one connection to the database listens for NOTIFY and
/// holds an advisory lock with the instance's number. When it breaks, it is made again.
/// </summary>
public sealed class WorkSignal(WorkQueue queue, OwnConnections connections, ILogger<WorkSignal> logger) : BackgroundService
{
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromSeconds(1);

    private volatile TaskCompletionSource present = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource set = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long count;

    /// <summary>Called when the advisory lock is gone, and with it the proof that this process lives.</summary>
    internal Action? Lost { get; set; }

    /// <summary>How often <see cref="Set"/> was called: what a waiter has seen already.</summary>
    internal long Count => Interlocked.Read(ref count);

    /// <summary>Wakes whoever waits.</summary>
    internal void Set()
    {
        Interlocked.Increment(ref count);
        Interlocked.Exchange(ref set, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Waits until <see cref="Set"/> was called more often than <paramref name="seen"/>, or the time is over.</summary>
    internal async Task Wait(long seen, TimeSpan most, CancellationToken cancel)
    {
        var next = Volatile.Read(ref set).Task;
        if (Count == seen)
        {
            await Task.WhenAny(next, Task.Delay(most, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits until the advisory lock is held: without it, claims would look like those of a process that is gone.</summary>
    internal Task Present(CancellationToken cancel) => present.Task.WaitAsync(cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Listen(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException)
            {
                logger.LogWarning("The connection that listens for work broke and is made again: {Reason}", e.Message);
            }

            if (present.Task.IsCompleted)
            {
                present = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Lost?.Invoke();
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Listen(CancellationToken cancel)
    {
        await using var connection = await connections.Open(cancel);
        connection.Notification += (_, _) => Set();
        await using (var begin = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({WorkQueue.PresenceClass}, {queue.Instance}); LISTEN {WorkQueue.Channel}", connection))
        {
            await begin.ExecuteNonQueryAsync(cancel);
        }

        present.TrySetResult();
        Set();
        while (true)
        {
            if (!await connection.WaitAsync(Ping, cancel))
            {
                await using var ping = new NpgsqlCommand("SELECT", connection);
                await ping.ExecuteNonQueryAsync(cancel);
            }
        }
    }
}
