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
    public async Task<IReadOnlyList<LogLine>> Read(Guid app, ObservedPod pod, ObservedEnd end, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            // By now another run may have begun, whether or not that was seen already: what belongs to which is told by its times.
            var now = cluster.Observe(app).Pods.FirstOrDefault(p => p.Uid == pod.Uid) ?? pod;
            try
            {
                foreach (var previous in now.Container?.Ended is null ? (bool[])[true, false] : [false, true])
                {
                    if (Of(end, await Read(now, previous, cancel)) is { Count: > 0 } lines)
                    {
                        return lines;
                    }
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

    /// <summary>The lines that were written between the start and the end of a run, the newest of them if they are too many. Pure.</summary>
    internal static IReadOnlyList<LogLine> Of(ObservedEnd end, IReadOnlyList<LogLine> lines)
    {
        var own = lines.Where(l => l.At is not { } at || ((end.StartedAt is not { } start || at >= start - Second) && (end.EndedAt is not { } ended || at <= ended + Second)))
            .TakeLast(CrashSnapshot.MostLines).Select(l => l.Text.Length > LongestLine ? l with { Text = string.Concat(l.Text.AsSpan(0, LongestLine - 1), "…") } : l).ToList();
        var (room, first) = (MostCharacters, own.Count);
        while (first > 0 && room >= own[first - 1].Text.Length)
        {
            room -= own[--first].Text.Length;
        }

        return own[first..];
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
