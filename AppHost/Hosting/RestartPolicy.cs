namespace Slipway.AppHost.Hosting;

/// <summary>How long to wait before a crashed process is started again.</summary>
sealed record RestartPolicy
{
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After running this long a crash counts as the first again.</summary>
    public TimeSpan Stable { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Doubles with every crash in a row up to the longest, give or take a quarter, so that processes that failed together do not start
    /// together.
    /// </summary>
    /// <param name="crashes">Crashes in a row, from 1.</param>
    /// <param name="jitter">From 0 up to 1.</param>
    public TimeSpan DelayAfter(int crashes, double jitter)
    {
        var delay = First * Math.Pow(2, Math.Min(crashes - 1, 30));
        return (delay < Longest ? delay : Longest) * (0.75 + (0.5 * jitter));
    }
}
