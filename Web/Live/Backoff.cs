namespace Slipway.Web.Live;

/// <summary>How long to wait before trying again: longer each time, never in step with all the others.</summary>
struct Backoff
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private int attempts;

    public void Reset() => attempts = 0;

    public TimeSpan Next()
    {
        var seconds = Math.Min(Longest.TotalSeconds, 0.5 * Math.Pow(2, attempts++));
#pragma warning disable CA5394 // Jitter is no secret.
        return TimeSpan.FromSeconds(seconds * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }
}
