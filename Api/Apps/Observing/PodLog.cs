using System.Net;
using System.Threading.Channels;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Reads what pods write, from the cluster.</summary>
internal sealed class PodLog(ClusterConnection cluster, ClusterState state, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Opens what a pod has written, with times; null where there is nothing to read (yet). Throws where the cluster does not answer.
    /// </summary>
    /// <param name="tail">How many of the newest lines to begin with.</param>
    /// <param name="since">In place of <paramref name="tail"/>: the lines from then on, and perhaps some of the second before.</param>
    public async Task<Stream?> Open(ObservedPod pod, int tail, bool previous, bool follow, DateTimeOffset? since, CancellationToken cancel)
    {
        if (pod.Container is not { } container || !(previous ? container.LastEnded is not null : HasBegun(container)))
        {
            return null;
        }

        // The server's clock for this has whole seconds.
        var lines = since is { } from ? $"&sinceTime={Uri.EscapeDataString(from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"))}" : $"&tailLines={tail}";
        try
        {
            var response = await cluster.Open(
                $"api/v1/namespaces/{Uri.EscapeDataString(pod.Namespace)}/pods/{Uri.EscapeDataString(pod.Name)}/log"
                + $"?container={Uri.EscapeDataString(container.Name)}&timestamps=true&previous={Flag(previous)}&follow={Flag(follow)}{lines}", cancel);
            return await response.Content.ReadAsStreamAsync(cancel);
        }
        catch (ClusterRefusedException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound)
        {
            // The pod went away, or its container waits to be started.
            return null;
        }
    }

    /// <summary>Passes on what a pod writes, over restarts of its container and broken connections, until the pod is gone.</summary>
    /// <param name="tail">How many lines of the past to begin with; null: all, because the pod is new.</param>
    public async Task Follow(Guid appId, ObservedPod pod, int? tail, ChannelWriter<LogLine> to, CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(5));
        var position = new LogPosition();
        var begun = time.GetUtcNow();
        // What is written by a container that has not begun yet, or that comes later, is all new.
        var first = HasBegun(pod.Container) ? Instance(pod) : ((int, DateTimeOffset?)?)null;
        for (var opened = false; Find(appId, pod.Uid) is { } now;)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var changed = Changed(appId, now, round.Token);
            _ = EndAfter(changed, round);
            var past = Instance(now) == first ? tail ?? LogQuery.MaxTail : LogQuery.MaxTail;
            var broken = false;
            try
            {
                await using var stream = await Open(now, past, previous: false, follow: true,
                    position.At ?? (opened && Instance(now) == first ? begun : null), cancel);
                opened |= stream is not null;
                position.Resume();
                await foreach (var line in LogLines.Read(stream ?? Stream.Null, round.Token))
                {
                    backoff.Reset();
                    if (position.Pass(line.At))
                    {
                        await to.WriteAsync(new LogLine(pod.Name, line.At, line.Text), cancel);
                    }

                    if (changed.IsCompleted)
                    {
                        round.CancelAfter(Grace);
                    }
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested
                && e is HttpRequestException or IOException or TimeoutException or ClusterRefusedException or OperationCanceledException)
            {
                broken = true;
            }

            // The stream of a container that has ended is complete, and there is nothing to do until the next one is started. While the
            // container runs, the end of its stream is a connection that broke.
            await (broken || now.Container?.RunningSince is not null
                ? Task.WhenAny(changed, Task.Delay(backoff.Next() + TimeSpan.FromSeconds(0.5), time, round.Token))
                : changed);
            cancel.ThrowIfCancellationRequested();
            await round.CancelAsync();
        }
    }

    // A kubelet ends the stream of a container that has ended within five seconds. One that neither ends nor brings anything must not hold
    // up the next one's.
    private static async Task EndAfter(Task changed, CancellationTokenSource round)
    {
        await changed;
        try
        {
            round.CancelAfter(Grace);
        }
        catch (ObjectDisposedException)
        {
            // The stream has ended by itself.
        }
    }

    /// <summary>Whether there can be something to read.</summary>
    public static bool HasBegun(ObservedContainer? container) => container is { RunningSince: not null } or { Ended: not null } or { LastEnded: not null };

    private static string Flag(bool value) => value ? "true" : "false";

    private ObservedPod? Find(Guid appId, string uid) => state.Observe(appId).Pods.FirstOrDefault(p => p.Uid == uid);

    // Which run of the container it is, and whether it has ended.
    private static (int Restarts, DateTimeOffset? Ended) Instance(ObservedPod pod) => (pod.Container?.Restarts ?? -1, pod.Container?.Ended?.EndedAt);

    // Completes, without throwing, when the pod is gone, its container is another one, or it is cancelled.
    private async Task Changed(Guid appId, ObservedPod before, CancellationToken cancel)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopped = cancel.Register(() => changed.TrySetResult());
        using var listening = state.OnChange(c =>
        {
            if (c.Kind == "Pod" && c.OwnerId == appId && c.Name == before.Name)
            {
                Check();
            }
        });
        Check();
        await changed.Task;

        void Check()
        {
            if (Find(appId, before.Uid) is not { } now || Instance(now) != Instance(before) || HasBegun(now.Container) != HasBegun(before.Container))
            {
                changed.TrySetResult();
            }
        }
    }
}
