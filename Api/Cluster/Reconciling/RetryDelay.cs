namespace Slipway.Api.Cluster.Reconciling;

/// <summary>What went wrong, as far as it says when to try again.</summary>
internal enum Failure
{
    /// <summary>Something passing, or a fault of our own.</summary>
    Passing,

    /// <summary>The cluster does not answer, or a namespace is on its way out. When that is over, what waits should arrive promptly.</summary>
    Unreachable,

    /// <summary>Nothing changes until a person changes something.</summary>
    Permanent,
}

/// <summary>
/// Exponential backoff with full jitter (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter), so that many that
/// failed together do not come back together.
/// </summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    /// <summary>How long to wait after the attempt number <paramref name="attempt"/>, counted from 1.</summary>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan After(Failure failure, int attempt, double random)
    {
        var (first, cap) = failure switch
        {
            Failure.Unreachable => (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)),
            Failure.Permanent => (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5)),
            _ => (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)),
        };
        var most = Math.Min(cap.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, 20)));
        // Where nothing passes by itself, an early attempt is a wasted one.
        return Least + TimeSpan.FromSeconds(most * (failure is Failure.Permanent ? 0.5 + random / 2 : random));
    }
}
