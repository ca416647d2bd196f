using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>
/// GET /api/projects/{project}/events: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// First <c>open</c>, from which on nothing is missed, then an <c>app</c> with an <see cref="AppChanged"/> for each change.
/// </summary>
static class ProjectStream
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15), BetweenSame = TimeSpan.FromSeconds(0.2), AfterFailure = TimeSpan.FromSeconds(2);

    public static async Task<IResult> Get(HttpContext http, ProjectScope scope, AppChanges changes, IServiceScopeFactory services, StreamAccess access,
        TimeProvider time, IHostApplicationLifetime host)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        using var subscription = changes.Open(scope.Project.Id);
        var guard = access.Guard(scope, Permission.ViewProject, null, ended);
        try
        {
            var stream = new Stream(http, scope, services, time);
            await stream.Open(ended.Token);
            await stream.Run(subscription.Ids, ended.Token);
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

    private sealed class Stream(HttpContext http, ProjectScope scope, IServiceScopeFactory services, TimeProvider time)
    {
        private readonly Dictionary<Guid, Told> told = [];
        private readonly PriorityQueue<Guid, DateTimeOffset> due = new();

        public async Task Open(CancellationToken cancel)
        {
            // Names now, because of an app that is gone only the id is left.
            await using (var inner = services.CreateAsyncScope())
            {
                var db = inner.ServiceProvider.GetRequiredService<SlipwayDb>();
                foreach (var app in await db.Apps.AsNoTracking().Where(a => a.ProjectId == scope.Project.Id).Select(a => new { a.Id, a.Name }).ToListAsync(cancel))
                {
                    told[app.Id] = new Told(app.Name);
                }
            }

            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            await Send("event: open\ndata: {}\n\n", cancel);
        }

        public async Task Run(IdQueue ids, CancellationToken cancel)
        {
            var beat = time.GetUtcNow() + Heartbeat;
            while (true)
            {
                var until = due.TryPeek(out _, out var at) && at < beat ? at : beat;
                foreach (var id in await TakeUntil(ids, until, cancel))
                {
                    Plan(id);
                }

                await Tell(cancel);
                if (time.GetUtcNow() >= beat)
                {
                    await Send(": still here\n\n", cancel);
                    beat = time.GetUtcNow() + Heartbeat;
                }
            }
        }

        private async Task<IReadOnlyList<Guid>> TakeUntil(IdQueue ids, DateTimeOffset until, CancellationToken cancel)
        {
            var wait = until - time.GetUtcNow();
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1));
            try
            {
                return await ids.Take(500, deadline.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return [];
            }
        }

        // A change right after another one of the same app waits, and takes with it what comes meanwhile.
        private void Plan(Guid id)
        {
            var app = told.TryGetValue(id, out var known) ? known : told[id] = new Told(null);
            if (!app.Planned)
            {
                app.Planned = true;
                due.Enqueue(id, app.LastAt + BetweenSame);
            }
        }

        private async Task Tell(CancellationToken cancel)
        {
            var now = time.GetUtcNow();
            var ids = new List<Guid>();
            while (ids.Count < 200 && due.TryPeek(out var id, out var at) && at <= now)
            {
                due.Dequeue();
                told[id].Planned = false;
                ids.Add(id);
            }

            if (ids.Count == 0)
            {
                return;
            }

            try
            {
                var views = await Views(ids, cancel);
                foreach (var id in ids)
                {
                    await Tell(id, views.GetValueOrDefault(id), now, cancel);
                }
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException || e.InnerException is NpgsqlException)
            {
                // The database is away; later the apps may look different still.
                foreach (var id in ids)
                {
                    told[id].LastAt = now + AfterFailure;
                    Plan(id);
                }
            }
        }

        private async Task Tell(Guid id, AppView? view, DateTimeOffset now, CancellationToken cancel)
        {
            var app = told[id];
            app.LastAt = now;
            app.Name = view?.Name ?? app.Name;
            if (view is null)
            {
                told.Remove(id);
            }

            if (app.Name is null)
            {
                return;
            }

            var json = JsonSerializer.Serialize(new AppChanged(app.Name, view), SlipwayJson.Options);
            var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(json)), 0, 16);
            // Much happens in a cluster that changes nothing that is shown.
            if (view is null || hash != app.Hash)
            {
                app.Hash = hash;
                await Send($"event: app\ndata: {json}\n\n", cancel);
            }
        }

        private async Task<Dictionary<Guid, AppView>> Views(List<Guid> ids, CancellationToken cancel)
        {
            await using var inner = services.CreateAsyncScope();
            var views = inner.ServiceProvider.GetRequiredService<AppViews>();
            var rows = await views.Read(inner.ServiceProvider.GetRequiredService<SlipwayDb>().Apps.Where(a => a.ProjectId == scope.Project.Id && ids.Contains(a.Id)), cancel);
            return rows.ToDictionary(row => row.App.Id, row => views.Of(scope.Project.Name, row.App, row.Release));
        }

        private async Task Send(string text, CancellationToken cancel)
        {
            await http.Response.WriteAsync(text, cancel);
            await http.Response.Body.FlushAsync(cancel);
        }
    }

    /// <summary>What was told of an app last.</summary>
    private sealed class Told(string? name)
    {
        public string? Name { get; set; } = name;

        public DateTimeOffset LastAt { get; set; }

        public string? Hash { get; set; }

        public bool Planned { get; set; }
    }
}
