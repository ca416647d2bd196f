using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Apps.Crashes;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>The routes that show what goes on: an app's pods, timeline and log, and a project's changes as they happen.</summary>
static class ObservingEndpoints
{
    public static void MapObserving(this IEndpointRouteBuilder routes)
    {
        var app = routes.MapGroup("/api/projects/{project}/apps/{app}").WithTags("Observing");
        app.MapGet("pods", Pods).Needs(Permission.ViewProject).WithSummary("The app's running copies, newest first");
        app.MapGet("events", Events).Needs(Permission.ViewProject).WithSummary("What happened to the app, newest first");
        app.MapGet("logs", LogEndpoint.Get).Needs(Permission.ReadLogs).WithSummary("What the app's copies write, as text or as JSON lines")
            .Produces<string>(StatusCodes.Status200OK, "text/plain", LogEndpoint.JsonLines)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/api/projects/{project}/events", ProjectStream.Get).Needs(Permission.ViewProject).WithTags("Observing")
            .WithSummary("The project's changes as they happen: server-sent events").Produces<string>(StatusCodes.Status200OK, "text/event-stream");
    }

    static async Task<Results<Ok<Page<PodView>>, ProblemHttpResult>> Pods(string app, [AsParameters] PageParameters page, ProjectScope scope,
        SlipwayDb db, ClusterState cluster, TimeProvider time, CancellationToken cancel)
    {
        if (page.Refuse("name", "startedAt") is { } refusal)
        {
            return refusal;
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        var pods = cluster.Observe(row.Id).Pods;
        var numbers = pods.Select(p => p.Release).Append(row.Release).Distinct().ToList();
        var releases = await db.Releases.AsNoTracking().Where(r => r.AppId == row.Id && numbers.Contains(r.Number)).ToDictionaryAsync(r => r.Number, cancel);
        var newest = DesiredApp.From(scope.Project.Name, row, releases[row.Release]);
        var views = pods.Where(p => page.Search is null || p.Name.Contains(page.Search, StringComparison.OrdinalIgnoreCase))
            .Select(p => PodWords.Of(releases.TryGetValue(p.Release, out var release) ? newest with { Spec = release.Spec } : newest, p, time.GetUtcNow()));
        return TypedResults.Ok(page.Of([.. page.Sort switch
        {
            "name" => views.OrderBy(p => p.Name, StringComparer.Ordinal),
            "-name" => views.OrderByDescending(p => p.Name, StringComparer.Ordinal),
            "startedAt" => views.OrderBy(p => p.StartedAt).ThenBy(p => p.Name, StringComparer.Ordinal),
            _ => views.OrderByDescending(p => p.StartedAt).ThenBy(p => p.Name, StringComparer.Ordinal),
        }]));
    }

    static async Task<Results<Ok<Page<TimelineEntry>>, ProblemHttpResult>> Events(string app, [AsParameters] PageParameters page, ProjectScope scope,
        SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("at") is { } refusal)
        {
            return refusal;
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        var entries = db.Timeline.AsNoTracking().Where(t => t.AppId == row.Id);
        if (page.SearchPattern is { } pattern)
        {
            entries = entries.Where(t => EF.Functions.ILike(t.Message, pattern));
        }

        var total = await entries.CountAsync(cancel);
        var ordered = page.Sort is "at" ? entries.OrderBy(t => t.At).ThenBy(t => t.Id) : entries.OrderByDescending(t => t.At).ThenByDescending(t => t.Id);
        var items = await ordered.Skip(page.Skip).Take(page.Take).ToListAsync(cancel);
        var crashes = await CrashStore.ByKey(db, row.Id, [.. items.Where(t => t.Kind is TimelineKind.Crashed).Select(t => t.Key).OfType<string>()], cancel);
        return TypedResults.Ok(new Page<TimelineEntry>([.. items.Select(t => new TimelineEntry(t.Id, t.At, t.Release, t.Kind, t.Message, t.Actor)
        {
            Crash = t.Key is { } key && crashes.TryGetValue(key, out var crash) ? crash : null,
        })], total));
    }
}
