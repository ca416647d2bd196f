using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Releases;

/// <summary>The routes under /api/projects/{project}/apps/{app}/releases.</summary>
static class ReleaseEndpoints
{
    public static void MapReleases(this IEndpointRouteBuilder routes)
    {
        var releases = routes.MapGroup("/api/projects/{project}/apps/{app}/releases").WithTags("Releases");
        releases.MapGet("", List).Needs(Permission.ViewProject).WithSummary("The app's releases, newest first");
        releases.MapPost("{number}/rollback", Rollback).Needs(Permission.DeployApp).Audited("app.rollback").WithSummary("A new release with the spec of an older one");
    }

    static async Task<Results<Ok<Page<ReleaseView>>, ProblemHttpResult>> List(
        string app, [AsParameters] PageParameters page, ProjectScope scope, SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("number") is { } refusal)
        {
            return refusal;
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        var releases = db.Releases.AsNoTracking().Where(r => r.AppId == row.Id);
        if (page.SearchPattern is { } pattern)
        {
            releases = releases.Where(r => EF.Functions.ILike(r.Reason, pattern));
        }

        var total = await releases.CountAsync(cancel);
        var newestFirst = page.Sort is null or "-number";
        var ordered = newestFirst ? releases.OrderByDescending(r => r.Number) : releases.OrderBy(r => r.Number);
        var rows = await ordered.Skip(page.Skip).Take(page.Take).ToListAsync(cancel);
        return TypedResults.Ok(new Page<ReleaseView>([.. rows.Select(r => View(r, row.Release))], total));
    }

    static async Task<Results<Ok<AppView>, ProblemHttpResult>> Rollback(string app, string number, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        int.TryParse(number, System.Globalization.NumberStyles.None, null, out var release)
            ? await apps.Rollback(scope, app, release, cancel)
            : Problems.NotFound($"'{Problems.Shown(number)}' is no release: releases are numbered from 1.");

    static ReleaseView View(ReleaseRow release, int newest) =>
        new(release.Number, AppViews.Spec(release.Spec), release.Author, release.Reason, release.CreatedAt, release switch
        {
            { ReadyAt: not null } => ReleaseOutcome.Succeeded,
            { FailedAt: not null } => ReleaseOutcome.Failed,
            _ when release.Number < newest => ReleaseOutcome.Superseded,
            _ => ReleaseOutcome.Pending,
        });
}
