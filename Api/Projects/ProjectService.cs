using System.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>What happens to projects.</summary>
public sealed class ProjectService(SlipwayDb db, NamespaceCreation namespaces, AppViews views, TimeProvider time, ILogger<ProjectService> logger)
{
    /// <summary>After this time a project whose creation did not finish is cleared away.</summary>
    private static readonly TimeSpan CreationLimit = TimeSpan.FromSeconds(60);

    /// <summary>A page of the user's projects.</summary>
    public async Task<Page<ProjectView>> List(CurrentUser user, PageParameters page, CancellationToken cancel)
    {
        var only = user.Token?.ProjectId;
        var mine = from project in db.Projects
                   join collaborator in db.Collaborators on project.Id equals collaborator.ProjectId
                   where collaborator.UserId == user.Id && (only == null || project.Id == only) && project.DeletedAt == null && project.NamespaceUid != null
                   select new { project, collaborator.Role };
        if (page.SearchPattern is { } pattern)
        {
            mine = mine.Where(m => EF.Functions.ILike(m.project.Name, pattern));
        }

        var total = await mine.CountAsync(cancel);
        var ordered = page.SortField("name") is "createdAt" ? page.Order(mine, m => m.project.CreatedAt) : page.Order(mine, m => m.project.Name);
        var rows = await ordered.AsNoTracking().Skip(page.Skip).Take(page.Take).ToListAsync(cancel);
        var states = await views.States([.. rows.Select(r => r.project)], cancel);
        return new([.. rows.Select(r => new ProjectView(r.project.Name, user.Token is { Role: var most } && most < r.Role ? most : r.Role, r.project.CreatedAt, states[r.project.Id]))], total);
    }

    /// <summary>One project.</summary>
    public async Task<ProjectView> View(ProjectScope scope, CancellationToken cancel) =>
        new(scope.Project.Name, scope.Role, scope.Project.CreatedAt, (await views.States([scope.Project], cancel))[scope.Project.Id]) { Visiting = scope.IsVisiting };

    /// <summary>
    /// Makes a project: first a row that claims the name, then the namespace, then the row is completed. A crash in between leaves a row
    /// without a namespace uid, which the reconciler clears away together with the namespace that it may have made.
    /// </summary>
    public async Task<IResult> Create(string name, CurrentUser user, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var project = new ProjectRow { Id = Guid.CreateVersion7(now), Name = name, CreatedAt = now, CreatedBy = user.Id };
        db.Projects.Add(project);
        db.Collaborators.Add(new CollaboratorRow { ProjectId = project.Id, UserId = user.Id, Role = Role.Creator, Since = now, Version = 1 });
        db.WorkItems.Add(new WorkItemRow { Target = WorkTarget.Project, TargetId = project.Id, Generation = 1, DueAt = now + CreationLimit });
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return NameTaken(name);
        }

        // From here on a client that hangs up must not leave the work half done.
        switch (await namespaces.Create(name, project.Id, CancellationToken.None))
        {
            case NamespaceCreated created:
                await Complete(project, created.Uid);
                return TypedResults.Created($"/api/projects/{name}", new ProjectView(name, Role.Creator, now, new Dictionary<AppState, int>()));
            case NamespaceNameTaken:
                await Forget(project);
                return NameTaken(name);
            case NamespaceRefused refused:
                await Forget(project);
                return Problems.Conflict("The cluster refused the namespace.", refused.Reason);
            case ClusterUnreachable unreachable:
                logger.LogWarning("Project {Project} could not be created: {Reason}", name, unreachable.Reason);
                // Whether the namespace was made is not known: the row stays, and the reconciler clears both away.
                await ForgetSoon(project, unreachable.MayExist);
                return Problems.Unavailable("The cluster cannot be reached, so no project was created.", "Nothing was stored. Try again in a moment.", TimeSpan.FromSeconds(5));
            default:
                throw new InvalidOperationException("An outcome that this version does not know.");
        }
    }

    /// <summary>Deletes a project that has no apps. Its namespace goes a moment later, and its name is free again when that has gone.</summary>
    public async Task<Results<NoContent, ProblemHttpResult>> Delete(ProjectScope scope, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
        // Creating an app locks the same row for share: either it sees the deletion, or the deletion sees the app.
        var project = await db.Projects.FromSql($"SELECT * FROM projects WHERE id = {scope.Project.Id} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (project is null or { DeletedAt: not null })
        {
            return Problems.NotFound($"There is no project '{scope.Project.Name}', or you are not in it.");
        }

        var apps = await db.Apps.Where(a => a.ProjectId == project.Id).OrderBy(a => a.Name).Select(a => new { a.Name, Going = a.DeletedAt != null }).ToListAsync(cancel);
        if (apps.Count > 0)
        {
            var names = string.Join(", ", apps.Take(10).Select(a => a.Going ? $"{a.Name} (being deleted)" : a.Name));
            return Problems.BadRequest($"The project still has {(apps.Count == 1 ? "an app" : $"{apps.Count} apps")}: {names}{(apps.Count > 10 ? ", …" : "")}.",
                "Delete its apps first; the project can go when the last of them has gone.");
        }

        project.DeletedAt = time.GetUtcNow();
        await db.SaveChangesAsync(cancel);
        await WorkQueue.Ask(db, WorkTarget.Project, project.Id, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NameTaken(string name) =>
        Problems.Conflict($"The name '{name}' is taken.", "A project needs a name that no other project, and no namespace of the cluster, has. Choose another one.");

    private async Task Complete(ProjectRow project, string uid)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        project.NamespaceUid = uid;
        await db.SaveChangesAsync();
        await WorkQueue.Ask(db, WorkTarget.Project, project.Id, CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task Forget(ProjectRow project)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.WorkItems.Where(w => w.Target == WorkTarget.Project && w.TargetId == project.Id).ExecuteDeleteAsync();
        await db.Projects.Where(p => p.Id == project.Id).ExecuteDeleteAsync();
        await transaction.CommitAsync();
    }

    private async Task ForgetSoon(ProjectRow project, bool namespaceMayExist)
    {
        if (!namespaceMayExist)
        {
            await Forget(project);
            return;
        }

        await WorkQueue.Ask(db, WorkTarget.Project, project.Id, CancellationToken.None);
    }
}
