using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Audit;

/// <summary>The routes that read the audit: creators their project's, administrators all of it.</summary>
static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/projects/{project}/audit", OfProject).Needs(Permission.ReadAudit).WithTags("Audit").WithSummary("Who did what in the project, newest first")
            .Produces<Page<AuditEntry>>();
        routes.MapGet("/api/admin/audit", OfAll).ForAdministrators().WithTags("Administration").WithSummary("Who did what on the platform, newest first")
            .Produces<Page<AuditEntry>>();
    }

    static Task<IResult> OfProject([AsParameters] PageParameters page, ProjectScope scope, SlipwayDb db, CancellationToken cancel) =>
        List(page, db.Audit.Where(a => a.ProjectId == scope.Project.Id), cancel);

    static Task<IResult> OfAll([AsParameters] PageParameters page, SlipwayDb db, CancellationToken cancel) => List(page, db.Audit, cancel);

    private static async Task<IResult> List(PageParameters page, IQueryable<AuditRow> entries, CancellationToken cancel)
    {
        if (page.Refuse("at") is { } refusal)
        {
            return refusal;
        }

        if (page.SearchPattern is { } pattern)
        {
            entries = entries.Where(a => EF.Functions.ILike(a.Action, pattern) || EF.Functions.ILike(a.Actor!, pattern) || EF.Functions.ILike(a.Object!, pattern)
                || EF.Functions.ILike(a.Project!, pattern));
        }

        var total = await entries.CountAsync(cancel);
        var ordered = page.Sort is "at" ? entries.OrderBy(a => a.Id) : entries.OrderByDescending(a => a.Id);
        var items = await ordered.AsNoTracking().Skip(page.Skip).Take(page.Take)
            .Select(a => new AuditEntry(a.Id, a.At, a.Actor, a.Token, a.Action, a.Project, a.Object, a.Origin, a.Status)).ToListAsync(cancel);
        return TypedResults.Ok(new Page<AuditEntry>(items, total));
    }
}
