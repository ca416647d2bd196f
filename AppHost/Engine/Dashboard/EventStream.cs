using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>
/// Everything a page follows, in one stream of server-sent events, because browsers open only six connections to a host:
/// <c>resources</c> when a row of the table changed and every two seconds, <c>log</c> for the selected resource. An event's id is
/// the number of the last log line, from which a page that lost its connection goes on.
/// </summary>
sealed class EventStream(Orchestrator orchestrator, DashboardPage page)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

    public async Task SendAsync(HttpContext context, CancellationToken closing)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        var events = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { SingleReader = true });
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        var producing = Task.WhenAll(WatchResourcesAsync(events.Writer, ending.Token), FollowLogAsync(context.Request, events.Writer, ending.Token));
        try
        {
            await foreach (var text in events.Reader.ReadAllAsync(ending.Token))
            {
                await context.Response.WriteAsync(text, ending.Token);
                await context.Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The page was closed, or the run ends.
        }

        await ending.CancelAsync();
        await producing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    async Task WatchResourcesAsync(ChannelWriter<string> events, CancellationToken cancel)
    {
        while (true)
        {
            var seen = orchestrator.Resources.ToDictionary(r => r, r => r.Snapshot);
            var rows = orchestrator.Resources.ToDictionary(r => r.Name, r => page.Row(r));
            await events.WriteAsync(Event("resources", new { rows, summary = page.Summary() }), cancel);
            await WhenSomethingChangesAsync(seen, cancel);
        }
    }

    static async Task WhenSomethingChangesAsync(Dictionary<RunningResource, ResourceSnapshot> seen, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var changes = seen.Select(s => s.Key.WaitUntilAsync(now => now != s.Value, enough.Token)).Cast<Task>().ToList();
        await Task.WhenAny([Task.Delay(Interval, enough.Token), .. changes]);
        await enough.CancelAsync();
        foreach (var change in changes)
        {
            _ = change.ContinueWith(c => c.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        await Task.Delay(Breath, cancel);
    }

    async Task FollowLogAsync(HttpRequest request, ChannelWriter<string> events, CancellationToken cancel)
    {
        if (orchestrator.Find(request.Query["log"].ToString()) is not { } resource)
        {
            return;
        }

        // A higher number than there is comes from an earlier run.
        var last = request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"];
        var after = long.TryParse(last, out var seen) && seen <= resource.Log.LastNumber ? seen : 0;
        await foreach (var batch in resource.Log.FollowAsync(after, cancel))
        {
            var lines = batch.Select(l => new object[] { l.Time.ToUnixTimeMilliseconds(), l.Source.ToString().ToLowerInvariant(), l.Text });
            await events.WriteAsync(Event("log", new { resource = resource.Name, lines }, batch.Count > 0 ? batch[^1].Number : null), cancel);
        }
    }

    static string Event(string name, object data, long? id = null) =>
        $"event: {name}\n{(id is null ? "" : $"id: {id}\n")}data: {JsonSerializer.Serialize(data)}\n\n";
}
