using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Crashes;

/// <summary>Reads what a container wrote before it died, from the cluster, which forgets it with the pod or the next crash.</summary>
internal sealed class LastLines(PodLog log, ClusterState cluster, TimeProvider time)
{
    /// <summary>The most characters that are kept of one crash; a line is cut where it is longer than its share.</summary>
    public const int MostCharacters = 128 * 1024, LongestLine = 8 * 1024;

    private const int Tries = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(150);

    // The cluster's times of starts and ends have whole seconds.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The lines of a run of a pod's container; none where the cluster does not have them any more.</summary>
    public async Task<IReadOnlyList<LogLine>> Read(Guid app, ObservedPod pod, int run, ObservedEnd end, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            // By now another run may have begun: which log is this run's is what the cluster says of the container before and after it gave the log.
            if (LogOf(app, pod, run) is not { } isPrevious)
            {
                return [];
            }

            try
            {
                var lines = await Read(pod, isPrevious, cancel);
                if (LogOf(app, pod, run) == isPrevious && Of(end, lines) is { Count: > 0 } own)
                {
                    return own;
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or IOException or TimeoutException or ClusterRefusedException or OperationCanceledException)
            {
                // It is asked again, a few times.
            }

            if (attempt == Tries)
            {
                return [];
            }

            await Task.Delay(Pause * (1 << attempt), time, cancel);
        }
    }

    /// <summary>The log of a run as it is kept: its newest lines if they are too many, and none where it began before the run or after its end. Pure.</summary>
    internal static IReadOnlyList<LogLine> Of(ObservedEnd end, IReadOnlyList<LogLine> lines)
    {
        // What the cluster knows may be behind what the node does, which then gives the log of another run.
        if (lines.Select(l => l.At).FirstOrDefault(at => at is not null) is { } first
            && ((end.StartedAt is { } start && first < start - Second) || (end.EndedAt is { } ended && first > ended + Second)))
        {
            return [];
        }

        var own = lines.TakeLast(CrashSnapshot.MostLines).Select(l => l.Text.Length > LongestLine ? l with { Text = string.Concat(l.Text.AsSpan(0, LongestLine - 1), "…") } : l).ToList();
        var (room, from) = (MostCharacters, own.Count);
        while (from > 0 && room >= own[from - 1].Text.Length)
        {
            room -= own[--from].Text.Length;
        }

        return own[from..];
    }

    // Whether it is the log of the previous run or of the current one; null where the cluster keeps it no more.
    private bool? LogOf(Guid app, ObservedPod pod, int run)
    {
        var now = cluster.Observe(app).Pods.FirstOrDefault(p => p.Uid == pod.Uid) ?? pod;
        return now.Container is { } container && Milestones.RunsOf(container).FirstOrDefault(r => r.Run == run) is { Run: > 0 } found ? found.IsPrevious : null;
    }

    private async Task<IReadOnlyList<LogLine>> Read(ObservedPod pod, bool previous, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(Patience);
        await using var stream = await log.Open(pod, CrashSnapshot.MostLines, previous, follow: false, since: null, limited.Token);
        var lines = new List<LogLine>();
        if (stream is not null)
        {
            await foreach (var line in LogLines.Read(stream, limited.Token))
            {
                lines.Add(new(pod.Name, line.At, line.Text));
            }
        }

        return lines;
    }
}
