using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>What can be done to an app without a new release.</summary>
public enum AppAction
{
    Restart,
    Stop,
    Start,
}

/// <summary>What happens to apps. Every change is one transaction: the row, its release, its timeline entry and the work item, or nothing.</summary>
public sealed class AppService(SlipwayDb db, AppViews views, EnvironmentBox box, TimeProvider time)
{
    /// <summary>A page of a project's apps.</summary>
    /// <param name="ahead">What was asked ahead; null: nothing.</param>
    internal async Task<Page<AppView>> List(ProjectScope scope, PageParameters page, AppPage? ahead, CancellationToken cancel)
    {
        // Who is visiting is not in the project, and beyond the last page nothing says how many there are.
        if (ahead is not null && ahead.Parameters == page && !scope.IsVisiting && (ahead.Apps.Count > 0 || page.Skip == 0))
        {
            return await Page(scope, ahead.Apps, ahead.Total, cancel);
        }

        var apps = db.Apps.Where(a => a.ProjectId == scope.Project.Id);
        if (page.SearchPattern is { } pattern)
        {
            apps = apps.Where(a => EF.Functions.ILike(a.Name, pattern));
        }

        var ordered = page.SortField("name") switch
        {
            "createdAt" => page.Order(apps, a => a.CreatedAt).ThenBy(a => a.Id),
            "updatedAt" => page.Order(apps, a => a.UpdatedAt).ThenBy(a => a.Id),
            // Unique in a project, so that the index alone gives the order.
            _ => page.Order(apps, a => a.Name),
        };
        // The database counts once for all rows of the page, in the same question.
        var found = await ordered.Skip(page.Skip).Take(page.Take).AsNoTracking().Select(a => new { App = a, Total = apps.Count() }).ToListAsync(cancel);
        var total = found is [var first, ..] ? first.Total : page.Skip == 0 ? 0 : await apps.CountAsync(cancel);
        return await Page(scope, [.. found.Select(f => f.App)], total, cancel);
    }

    private async Task<Page<AppView>> Page(ProjectScope scope, IReadOnlyList<AppRow> apps, int total, CancellationToken cancel)
    {
        var rows = await views.WithReleases(apps, cancel);
        return new([.. rows.Select(r => views.Of(scope.Project.Name, r.App, r.Release))], total);
    }

    /// <summary>One app; null where the project has none of this name.</summary>
    public async Task<AppView?> Find(ProjectScope scope, string name, CancellationToken cancel) =>
        NameRules.ExplainApp(name) is null && await views.Read(db.Apps.Where(a => a.ProjectId == scope.Project.Id && a.Name == name), cancel) is [var row]
            ? views.Of(scope.Project.Name, row.App, row.Release)
            : null;

    /// <summary>Makes an app and its first release.</summary>
    public async Task<Results<Created<AppView>, ProblemHttpResult>> Create(ProjectScope scope, CreateApp request, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var app = new AppRow
        {
            Id = Guid.CreateVersion7(now),
            ProjectId = scope.Project.Id,
            Name = request.Name,
            CreatedAt = now,
            UpdatedAt = now,
            Release = 1,
            Stopped = request.Stopped,
        };
        app.Change();
        var release = Release(app, SpecChanges.From(request), request.Environment, scope.User.Email, "Created");
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var locked = await db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM projects WHERE id = {scope.Project.Id} AND deleted_at IS NULL FOR SHARE").ToListAsync(cancel);
        if (locked.Count == 0)
        {
            return Problems.NotFound($"There is no project '{scope.Project.Name}', or you are not in it.");
        }

        db.AddRange(app, release, Entry(app, TimelineKind.Accepted, $"Release 1 accepted: {request.Image}", scope.User.Email));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Problems.Conflict($"The project has an app '{request.Name}' already.", "Choose another name, or change the app that is there.");
        }

        await Ask(scope, app, transaction, cancel);
        return TypedResults.Created($"/api/projects/{scope.Project.Name}/apps/{app.Name}", views.Of(scope.Project.Name, app, release));
    }

    /// <summary>Makes a new release with the patch applied. A patch that changes nothing makes none.</summary>
    public async Task<Results<Ok<AppView>, ProblemHttpResult>> Patch(ProjectScope scope, string name, PatchApp patch, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await AppLookup.Lock(db, scope.Project, name, cancel) is not { } app)
        {
            return Problems.NoSuchApp(name);
        }

        if (AppRules.Check(patch) is { Count: > 0 } errors)
        {
            return Problems.Invalid(errors);
        }

        if (app.DeletedAt is not null)
        {
            return BeingDeleted(app);
        }

        var current = await db.Releases.AsNoTracking().SingleAsync(r => r.AppId == app.Id && r.Number == app.Release, cancel);
        var before = box.Open(app.Id, current.Environment);
        var after = SpecChanges.Merge(before, patch.Environment);
        var merged = SpecChanges.Merge(app.Name, current.Spec, patch, after);
        if (AppRules.Check(merged) is { Count: > 0 } wholeErrors)
        {
            return Problems.Invalid(wholeErrors);
        }

        var spec = SpecChanges.From(merged);
        var changed = SpecChanges.Describe(current.Spec, spec, before, after);
        return changed is null
            ? TypedResults.Ok(views.Of(scope.Project.Name, app, current))
            : TypedResults.Ok(await Deploy(scope, app, spec, after, patch.Reason ?? changed, transaction, cancel));
    }

    /// <summary>Makes a new release with the spec and the environment of an older one.</summary>
    public async Task<Results<Ok<AppView>, ProblemHttpResult>> Rollback(ProjectScope scope, string name, int number, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await AppLookup.Lock(db, scope.Project, name, cancel) is not { } app)
        {
            return Problems.NoSuchApp(name);
        }

        if (await db.Releases.AsNoTracking().SingleOrDefaultAsync(r => r.AppId == app.Id && r.Number == number, cancel) is not { } old)
        {
            return Problems.NotFound($"'{app.Name}' has no release {number}.");
        }

        return app.DeletedAt is not null
            ? BeingDeleted(app)
            : TypedResults.Ok(await Deploy(scope, app, old.Spec, box.Open(app.Id, old.Environment), $"Rolled back to release {number}", transaction, cancel));
    }

    /// <summary>Restarts, stops or starts an app. Stopping what is stopped and starting what is started change nothing.</summary>
    public async Task<Results<Ok<AppView>, ProblemHttpResult>> Do(AppAction action, ProjectScope scope, string name, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await AppLookup.Lock(db, scope.Project, name, cancel) is not { } app)
        {
            return Problems.NoSuchApp(name);
        }

        if (app.DeletedAt is not null)
        {
            return BeingDeleted(app);
        }

        if (action is AppAction.Restart && app.Stopped)
        {
            return Problems.Conflict($"'{app.Name}' is stopped.", "Start it instead.");
        }

        var release = await db.Releases.AsNoTracking().SingleAsync(r => r.AppId == app.Id && r.Number == app.Release, cancel);
        if ((action is AppAction.Stop && app.Stopped) || (action is AppAction.Start && !app.Stopped))
        {
            return TypedResults.Ok(views.Of(scope.Project.Name, app, release));
        }

        app.Change();
        app.Stopped = action is AppAction.Stop;
        app.RestartedAt = action is AppAction.Restart ? time.GetUtcNow() : app.RestartedAt;
        db.Add(action switch
        {
            AppAction.Restart => Entry(app, TimelineKind.Restarted, "Fresh replicas were asked for", scope.User.Email),
            AppAction.Stop => Entry(app, TimelineKind.Stopped, "Stopped", scope.User.Email),
            _ => Entry(app, TimelineKind.Resumed, "Started again", scope.User.Email),
        });
        await db.SaveChangesAsync(cancel);
        await Ask(scope, app, transaction, cancel);
        return TypedResults.Ok(views.Of(scope.Project.Name, app, release));
    }

    /// <summary>Marks an app for deletion; the reconciler removes its objects, then its row.</summary>
    public async Task<Results<Accepted<AppView>, ProblemHttpResult>> Delete(ProjectScope scope, string name, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await AppLookup.Lock(db, scope.Project, name, cancel) is not { } app)
        {
            return Problems.NoSuchApp(name);
        }

        var release = await db.Releases.AsNoTracking().SingleAsync(r => r.AppId == app.Id && r.Number == app.Release, cancel);
        if (app.DeletedAt is null)
        {
            app.DeletedAt = time.GetUtcNow();
            app.Change();
            db.Add(Entry(app, TimelineKind.Deleting, "Deletion was asked for", scope.User.Email));
            await db.SaveChangesAsync(cancel);
            await Ask(scope, app, transaction, cancel);
        }

        return TypedResults.Accepted($"/api/projects/{scope.Project.Name}/apps/{app.Name}", views.Of(scope.Project.Name, app, release));
    }

    private async Task<AppView> Deploy(ProjectScope scope, AppRow app, AppSpec spec, IReadOnlyDictionary<string, string> environment, string reason,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancel)
    {
        app.Release++;
        app.Change();
        app.UpdatedAt = time.GetUtcNow();
        // A new release is a new try: what was wrong with the last one is not known of this one.
        (app.ProblemReason, app.ProblemDetail) = (null, null);
        var release = Release(app, spec, environment, scope.User.Email, reason);
        db.AddRange(release, Entry(app, TimelineKind.Accepted, $"Release {app.Release} accepted: {reason}", scope.User.Email));
        await db.SaveChangesAsync(cancel);
        await Ask(scope, app, transaction, cancel);
        return views.Of(scope.Project.Name, app, release);
    }

    private async Task Ask(ProjectScope scope, AppRow app, Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction, CancellationToken cancel)
    {
        await WorkQueue.Ask(db, WorkTarget.App, app.Id, cancel);
        await AppChanges.Announce(db, scope.Project.Id, app.Id, cancel);
        await transaction.CommitAsync(cancel);
    }

    private ReleaseRow Release(AppRow app, AppSpec spec, IReadOnlyDictionary<string, string> environment, string author, string reason) => new()
    {
        AppId = app.Id,
        Number = app.Release,
        Spec = spec,
        Environment = box.Seal(app.Id, environment),
        Author = author,
        Reason = reason,
        CreatedAt = app.UpdatedAt,
    };

    private TimelineRow Entry(AppRow app, TimelineKind kind, string message, string actor) => new()
    {
        AppId = app.Id,
        Release = app.Release,
        Kind = kind,
        Message = message,
        At = time.GetUtcNow(),
        Actor = actor,
    };

    private static ProblemHttpResult BeingDeleted(AppRow app) => Problems.Conflict($"'{app.Name}' is being deleted.", "It cannot be changed any more.");
}
