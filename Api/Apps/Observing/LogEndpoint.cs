using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>GET …/logs. See <see cref="LogQuery"/>.</summary>
static class LogEndpoint
{
    /// <summary>The media type of one JSON text a line.</summary>
    public const string JsonLines = "application/x-ndjson";

    // Proxies cut what is silent, and only writing shows that a client has gone.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15), RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answers what the app's pods write, as plain text, or as a <see cref="LogLine"/> a line to who accepts <see cref="JsonLines"/>.
    /// </summary>
    public static async Task<IResult> Get(string app, bool? follow, int? tail, string? pod, bool? previous, HttpContext http, ProjectScope scope,
        SlipwayDb db, ClusterState cluster, PodLog log, LogMerge merge, StreamAccess access, IHostApplicationLifetime host)
    {
        var cancel = http.RequestAborted;
        if (tail is < 0 or > LogQuery.MaxTail)
        {
            return Problems.BadField("tail", $"A tail is 0 to {LogQuery.MaxTail} lines.");
        }

        if (follow is true && previous is true)
        {
            return Problems.BadField("previous", "The container before this one has ended: there is nothing to follow.");
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        if (!cluster.Synced || cluster.UnreachableSince is not null)
        {
            return Unreachable();
        }

        var pods = cluster.Observe(row.Id).Pods.Where(p => string.IsNullOrEmpty(pod) || p.Name == pod).ToList();
        if (!string.IsNullOrEmpty(pod) && pods.Count == 0)
        {
            return Problems.NotFound($"The app '{app}' has no pod '{Problems.Shown(pod)}'.");
        }

        var json = http.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals(JsonLines, StringComparison.OrdinalIgnoreCase));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, host.ApplicationStopping);
        var lines = tail ?? new LogQuery().Tail;
        var guard = Task.CompletedTask;
        try
        {
            if (follow is not true)
            {
                var streams = await Open(log, pods, lines, previous is true, ended.Token);
                var writer = new Writer(http, json, many: pods.Count > 1);
                await foreach (var line in LogMerge.ByTime(streams, ended.Token))
                {
                    await writer.Write(line, ended.Token);
                }

                await writer.Flush(ended.Token);
            }
            else
            {
                // Asked before the first byte, so that a cluster that does not answer is an answer and no broken stream.
                foreach (var stream in await Open(log, [.. pods.Take(1)], tail: 0, previous: false, ended.Token))
                {
                    await stream.Stream.DisposeAsync();
                }

                var writer = new Writer(http, json, many: pods.Count > 1);
                await writer.Flush(ended.Token);
                guard = access.Guard(scope, Permission.ReadLogs, row.Id, ended);
                await Follow(merge.Follow(row.Id, string.IsNullOrEmpty(pod) ? null : pod, lines, ended.Token), writer, ended.Token);
            }
        }
        catch (Exception e) when (!http.Response.HasStarted && e is HttpRequestException or TimeoutException or ClusterRefusedException or IOException)
        {
            return Unreachable();
        }
        catch (Exception e) when (ended.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The client went away or may not listen any more, or this process ends: the stream is over.
        }
        finally
        {
            await ended.CancelAsync();
            await guard;
        }

        return Results.Empty;
    }

    private static IResult Unreachable() => Problems.Unavailable("The cluster does not answer, so there is no log to read.",
        "Slipway keeps trying to reach it. Try again in a moment.", RetryAfter);

    private static async Task<IReadOnlyList<(string Pod, Stream Stream)>> Open(PodLog log, IReadOnlyList<ObservedPod> pods, int tail, bool previous, CancellationToken cancel)
    {
        var opened = await Task.WhenAll(pods.Select(async p =>
        {
            try
            {
                return (p.Name, Stream: await log.Open(p, tail, previous, follow: false, since: null, cancel), Failure: (Exception?)null);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                return (p.Name, Stream: null, Failure: e);
            }
        }));
        var streams = opened.Where(o => o.Stream is not null).Select(o => (o.Name, o.Stream!)).ToList();
        // One machine that does not answer must not hide what the others have.
        if (streams.Count == 0 && opened.FirstOrDefault(o => o.Failure is not null).Failure is { } failure)
        {
            throw failure;
        }

        return streams;
    }

    private static async Task Follow(IAsyncEnumerable<IReadOnlyList<LogLine>> batches, Writer writer, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var source = batches.GetAsyncEnumerator(ended.Token);
        var next = source.MoveNextAsync().AsTask();
        try
        {
            var beat = Task.Delay(Heartbeat, ended.Token);
            while (true)
            {
                if (await Task.WhenAny(next, beat) == beat)
                {
                    await beat;
                    await writer.Beat(cancel);
                    beat = Task.Delay(Heartbeat, ended.Token);
                    continue;
                }

                if (!await next)
                {
                    return;
                }

                foreach (var line in source.Current)
                {
                    await writer.Write(line, cancel);
                }

                await writer.Flush(cancel);
                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A source can only be let go of when it is not waiting for anything.
            await ended.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await source.DisposeAsync();
        }
    }

    private sealed class Writer
    {
        private readonly HttpResponse response;
        private readonly bool json;
        private bool many;
        private string? first;

        public Writer(HttpContext http, bool json, bool many)
        {
            (response, this.json, this.many) = (http.Response, json, many);
            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            response.ContentType = json ? JsonLines : "text/plain; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            // What an app writes is not ours: no browser may take it for a page.
            response.Headers.XContentTypeOptions = "nosniff";
        }

        public async Task Write(LogLine line, CancellationToken cancel)
        {
            if (json)
            {
                await JsonSerializer.SerializeAsync(response.Body, line, SlipwayJson.Options, cancel);
                await response.WriteAsync("\n", cancel);
                return;
            }

            first ??= line.Pod;
            many |= line.Pod != first;
            await response.WriteAsync(many ? $"{line.Pod} | {line.Text}\n" : $"{line.Text}\n", cancel);
        }

        public Task Flush(CancellationToken cancel) => response.Body.FlushAsync(cancel);

        // An empty line is no JSON text, and is passed over by whoever reads JSON lines. In plain text it would be seen.
        public async Task Beat(CancellationToken cancel)
        {
            if (json)
            {
                await response.WriteAsync("\n", cancel);
                await Flush(cancel);
            }
        }
    }
}
