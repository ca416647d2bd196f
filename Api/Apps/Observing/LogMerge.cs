using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Makes one stream of what several pods write.</summary>
internal sealed class LogMerge(PodLog log, ClusterState state)
{
    /// <summary>What is there, by time. The streams are the caller's until this is enumerated.</summary>
    public static async IAsyncEnumerable<LogLine> ByTime(IReadOnlyList<(string Pod, Stream Stream)> streams, [EnumeratorCancellation] CancellationToken cancel)
    {
        var sources = new List<(string Pod, IAsyncEnumerator<RawLine> Lines)>();
        var next = new PriorityQueue<int, (DateTimeOffset At, int Order)>();
        try
        {
            for (var i = 0; i < streams.Count; i++)
            {
                sources.Add((streams[i].Pod, LogLines.Read(streams[i].Stream, cancel).GetAsyncEnumerator(cancel)));
                if (await sources[i].Lines.MoveNextAsync())
                {
                    next.Enqueue(i, (sources[i].Lines.Current.At ?? default, i));
                }
            }

            while (next.TryDequeue(out var i, out var at))
            {
                var line = sources[i].Lines.Current;
                yield return new LogLine(sources[i].Pod, line.At, line.Text);
                if (await sources[i].Lines.MoveNextAsync())
                {
                    // A line without a time, or behind its predecessor, stays after it.
                    var moment = sources[i].Lines.Current.At ?? at.At;
                    next.Enqueue(i, (moment > at.At ? moment : at.At, i));
                }
            }
        }
        finally
        {
            foreach (var source in sources)
            {
                await source.Lines.DisposeAsync();
            }

            foreach (var (_, stream) in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// What the app's pods write, also those that come later, in batches as it comes. Ends only by cancellation, and then throws.
    /// </summary>
    /// <param name="only">Only the pod of this name, and the stream ends with it.</param>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> Follow(Guid appId, string? only, int tail, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(1000) { SingleReader = true });
        var following = FollowAll(appId, only, tail, lines.Writer, ended.Token);
        try
        {
            while (await lines.Reader.WaitToReadAsync(cancel))
            {
                var batch = new List<LogLine>();
                while (batch.Count < 1000 && lines.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                // Several pods tell their past at once: what is there together is put into order. (The sort keeps the order of equals.)
                yield return [.. batch.OrderBy(l => l.At ?? DateTimeOffset.MinValue)];
            }
        }
        finally
        {
            await ended.CancelAsync();
            await following;
        }
    }

    private async Task FollowAll(Guid appId, string? only, int tail, ChannelWriter<LogLine> to, CancellationToken cancel)
    {
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var listening = state.OnChange(c =>
        {
            if (c.Kind == "Pod" && c.OwnerId == appId)
            {
                changed.Writer.TryWrite(true);
            }
        });
        var following = new Dictionary<string, Task>();
        Exception? failure = null;
        try
        {
            for (var first = true; ; first = false)
            {
                foreach (var pod in state.Observe(appId).Pods.Where(p => only is null || p.Name == only))
                {
                    if (!following.ContainsKey(pod.Uid))
                    {
                        following[pod.Uid] = log.Follow(appId, pod, first ? tail : null, to, cancel);
                    }
                }

                // Pods that are gone are forgotten when all that they wrote was passed on.
                foreach (var (uid, task) in following.Where(f => f.Value.IsCompleted).ToList())
                {
                    await task;
                    following.Remove(uid);
                }

                if (only is not null && following.Count == 0)
                {
                    return;
                }

                var news = changed.Reader.ReadAsync(cancel).AsTask();
                await Task.WhenAny([news, .. following.Values]);
                cancel.ThrowIfCancellationRequested();
                if (!news.IsCompleted)
                {
                    changed.Writer.TryWrite(true);
                }

                await news;
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Nobody reads any more.
        }
        catch (Exception e)
        {
            failure = e;
        }
        finally
        {
            await Task.WhenAll(following.Values).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            to.TryComplete(failure);
        }
    }
}
