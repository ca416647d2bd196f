namespace Slipway.Api.Cluster.Watching;

/// <summary>
/// Waits that double from try to try, each shortened by up to a half at random, so that many who failed together do not try together.
/// Not for use by several threads at once.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    /// <summary>How many times it was asked since it was reset.</summary>
    public int Attempts { get; private set; }

    /// <summary>How long to wait before the next try.</summary>
    public TimeSpan Next()
    {
        var full = Math.Min(first.TotalSeconds * Math.Pow(2, Attempts), longest.TotalSeconds);
        Attempts = Math.Min(Attempts + 1, 30);
        return TimeSpan.FromSeconds(full * (0.5 + Random.Shared.NextDouble() / 2));
    }

    /// <summary>Waits as long as <see cref="Next"/> says; returns at once, without throwing, when it is cancelled.</summary>
    public async Task Wait(TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await Task.Delay(Next(), time, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever waits looks at the token itself.
        }
    }

    /// <summary>Begins anew, after a success.</summary>
    public void Reset() => Attempts = 0;
}
