using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Apps;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Registries;

/// <summary>A project's sign-ins to registries. The reconciler brings them into the cluster.</summary>
sealed class ProjectRegistries(SlipwayDb db, EnvironmentBox box, ImageRetry retry, TimeProvider time)
{
    /// <summary>A page of them.</summary>
    public async Task<Page<RegistryView>> List(ProjectScope scope, PageParameters page, CancellationToken cancel)
    {
        var rows = db.Registries.AsNoTracking().Where(r => r.ProjectId == scope.Project.Id);
        if (page.SearchPattern is { } pattern)
        {
            rows = rows.Where(r => EF.Functions.ILike(r.Host, pattern));
        }

        var total = await rows.CountAsync(cancel);
        var ordered = page.SortField("host") is "changedAt" ? page.Order(rows, r => r.ChangedAt).ThenBy(r => r.Id) : page.Order(rows, r => r.Host);
        return new([.. (await ordered.Skip(page.Skip).Take(page.Take).ToListAsync(cancel)).Select(View)], total);
    }

    /// <summary>Signs the project in. Apps that could not fetch their image from there are given fresh replicas.</summary>
    /// <param name="host">As <see cref="RegistryRules.Host"/> writes it.</param>
    public async Task<IResult> Put(ProjectScope scope, string host, PutRegistry request, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Creators.Lock(db, scope.Project.Id, cancel) is not { } project)
        {
            return Problems.NotFound($"There is no project '{scope.Project.Name}', or you are not in it.");
        }

        var now = time.GetUtcNow();
        if (await db.Registries.SingleOrDefaultAsync(r => r.ProjectId == project.Id && r.Host == host, cancel) is not { } row)
        {
            if (await db.Registries.CountAsync(r => r.ProjectId == project.Id, cancel) >= RegistryRules.MostRegistries)
            {
                return Problems.Conflict($"A project is signed in to at most {RegistryRules.MostRegistries} registries.", "Remove one that is not needed any more.");
            }

            row = new() { Id = Guid.CreateVersion7(now), ProjectId = project.Id, Host = host, Username = "", Password = [], ChangedBy = "" };
            db.Registries.Add(row);
        }

        (row.Username, row.Password) = (request.Username, box.SealText(row.Id, request.Password));
        (row.ChangedAt, row.ChangedBy) = (now, scope.User.Email);
        await db.SaveChangesAsync(cancel);
        await WorkQueue.Ask(db, WorkTarget.Project, project.Id, cancel);
        await retry.Ask(scope, host, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(View(row));
    }

    /// <summary>Signs the project out. What has its image already goes on running.</summary>
    public async Task<IResult> Delete(ProjectScope scope, string host, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await db.Registries.Where(r => r.ProjectId == scope.Project.Id && r.Host == host).ExecuteDeleteAsync(cancel) == 0)
        {
            return NotIn(host);
        }

        await WorkQueue.Ask(db, WorkTarget.Project, scope.Project.Id, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    internal static ProblemHttpResult NotIn(string host) => Problems.NotFound($"The project is not signed in to '{Problems.Shown(host)}'.");

    private static RegistryView View(RegistryRow row) => new(row.Host, row.Username, row.ChangedAt, row.ChangedBy);
}
