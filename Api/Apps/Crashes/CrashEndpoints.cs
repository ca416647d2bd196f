using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Crashes;

/// <summary>The routes under …/apps/{app}/crashes.</summary>
static class CrashEndpoints
{
    public static void MapCrashes(this IEndpointRouteBuilder routes)
    {
        var crashes = routes.MapGroup("/api/projects/{project}/apps/{app}/crashes").WithTags("Observing");
        crashes.MapGet("", List).Needs(Permission.ViewProject).WithSummary("The app's containers that died, newest first");
        crashes.MapGet("{crash}", Get).Needs(Permission.ReadLogs).WithSummary("One of them, with its last lines");
    }

    static async Task<Results<Ok<Page<CrashView>>, ProblemHttpResult>> List(
        string app, [AsParameters] PageParameters page, ProjectScope scope, SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("endedAt") is { } refusal)
        {
            return refusal;
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        var crashes = db.Crashes.AsNoTracking().Where(c => c.AppId == row.Id);
        if (page.SearchPattern is { } pattern)
        {
            crashes = crashes.Where(c => EF.Functions.ILike(c.Pod, pattern));
        }

        var total = await crashes.CountAsync(cancel);
        var ordered = page.Sort is "endedAt" ? crashes.OrderBy(c => c.EndedAt).ThenBy(c => c.Id) : crashes.OrderByDescending(c => c.EndedAt).ThenByDescending(c => c.Id);
        // Without the lines, which are most of a row.
        var items = await ordered.Skip(page.Skip).Take(page.Take).Select(c => new
        {
            c.Id,
            c.Release,
            c.Pod,
            c.Run,
            c.ExitCode,
            c.Signal,
            c.Reason,
            c.StartedAt,
            c.EndedAt,
            c.LineCount,
        }).ToListAsync(cancel);
        return TypedResults.Ok(new Page<CrashView>(
            [.. items.Select(c => View(c.Id, c.Release, c.Pod, c.Run, c.ExitCode, c.Signal, c.Reason, c.StartedAt, c.EndedAt, c.LineCount))], total));
    }

    static async Task<Results<Ok<CrashSnapshot>, ProblemHttpResult>> Get(string app, string crash, ProjectScope scope, SlipwayDb db, CancellationToken cancel)
    {
        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        return Guid.TryParse(crash, out var id) && await db.Crashes.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.AppId == row.Id, cancel) is { } c
            ? TypedResults.Ok(new CrashSnapshot(View(c.Id, c.Release, c.Pod, c.Run, c.ExitCode, c.Signal, c.Reason, c.StartedAt, c.EndedAt, c.LineCount), CrashStore.Unpack(c.Lines)))
            : Problems.NotFound("Nothing is kept of such a crash: an app's oldest ones are forgotten.");
    }

    private static CrashView View(
        Guid id, int release, string pod, int run, int exitCode, int? signal, string? reason, DateTimeOffset? startedAt, DateTimeOffset endedAt, int lines) =>
        new(id, release, pod, run, exitCode, signal, reason, $"It {Milestones.How(new(exitCode, reason, null, signal, startedAt, endedAt))}.", startedAt, endedAt, lines);
}
