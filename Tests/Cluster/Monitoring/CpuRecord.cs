using System.Diagnostics;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>Processor time of a pod between two moments, in cores.</summary>
sealed record CpuInterval(DateTimeOffset From, DateTimeOffset To, double Cores);

/// <summary>
/// Writes down all the time what the kernel has counted for a pod, so that a number of any interval can be compared with what the kernel
/// counted in the same one: on a busy machine a process gets now more and now less.
/// </summary>
sealed class CpuRecord : IAsyncDisposable
{
    private readonly List<(DateTimeOffset At, double Seconds)> counted = [];
    private readonly CancellationTokenSource ended = new();
    private readonly PodCgroup pod;
    private readonly Task writing;

    private CpuRecord(PodCgroup pod)
    {
        this.pod = pod;
        Write();
        writing = Task.Run(WriteOn);
    }

    /// <summary>Of what time something is known.</summary>
    public DateTimeOffset From => counted[0].At;

    /// <inheritdoc cref="From"/>
    public DateTimeOffset To
    {
        get
        {
            lock (counted)
            {
                return counted[^1].At;
            }
        }
    }

    public static CpuRecord Of(PodCgroup pod) => new(pod);

    public double Cores(DateTimeOffset from, DateTimeOffset to)
    {
        lock (counted)
        {
            return (At(to) - At(from)) / (to - from).TotalSeconds;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await writing;
        ended.Dispose();
    }

    private double At(DateTimeOffset time)
    {
        var next = counted.FindIndex(c => c.At >= time);
        var (before, after) = (counted[next - 1], counted[next]);
        return before.Seconds + (after.Seconds - before.Seconds) * ((time - before.At) / (after.At - before.At));
    }

    private async Task WriteOn()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                Write();
            }
        }
        catch (OperationCanceledException)
        {
            // The record is closed.
        }
    }

    private void Write()
    {
        while (true)
        {
            var (clock, at) = (Stopwatch.StartNew(), DateTimeOffset.UtcNow);
            var seconds = pod.CpuSeconds;
            // When this process had to wait in between, nobody knows of which moment the number is.
            if (clock.Elapsed < TimeSpan.FromMilliseconds(20))
            {
                lock (counted)
                {
                    counted.Add((at, seconds));
                }

                return;
            }
        }
    }
}
