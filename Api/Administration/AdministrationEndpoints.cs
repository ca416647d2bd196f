using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Administration;

/// <summary>The routes under /api/admin: what administrators of the platform do. They see every project as viewers do (<see cref="Slipway.Api.Projects.ProjectAccess"/>), and nobody sees a secret value.</summary>
static class AdministrationEndpoints
{
    public static void MapAdministration(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin").WithTags("Administration");
        admin.MapGet("users", Users).ForAdministrators().WithSummary("All accounts").Produces<Page<UserView>>();
        admin.MapPatch("users/{user}", PatchUser).ForAdministrators().Audited("user.patch").WithSummary("Disable or enable an account, make or unmake an administrator")
            .Produces<UserView>().ProducesProblem(404).ProducesProblem(409);
        admin.MapGet("projects", Projects).ForAdministrators().WithSummary("All projects").Produces<Page<AdminProjectView>>();
        admin.MapPut("projects/{project}/quota", PutQuota).ForAdministrators().Audited("project.quota").WithSummary("Set a project's own limits")
            .Produces<AdminProjectView>().ProducesProblem(404);
    }

    static async Task<IResult> Users([AsParameters] PageParameters page, SlipwayDb db, IOptions<AccountOptions> options, AccountMessages messages, IOptions<ProviderOptions> provider, TimeProvider time, CancellationToken cancel)
    {
        if (page.Refuse("email", "createdAt") is { } refusal)
        {
            return refusal;
        }

        var users = db.Users.AsNoTracking();
        if (page.SearchPattern is { } pattern)
        {
            users = users.Where(u => EF.Functions.ILike(u.Email!, pattern));
        }

        var total = await users.CountAsync(cancel);
        var ordered = page.SortField("email") is "createdAt" ? page.Order(users, u => u.CreatedAt) : page.Order(users, u => u.NormalizedEmail!);
        return TypedResults.Ok(new Page<UserView>(await Views(db, ordered.Skip(page.Skip).Take(page.Take), time.GetUtcNow(), options.Value.LockAfter, messages.IsOn || provider.Value.IsOn, cancel), total));
    }

    static async Task<IResult> PatchUser(string user, PatchUser patch, SlipwayDb db, IOptions<AccountOptions> options, AccountMessages messages, IOptions<ProviderOptions> provider, TimeProvider time, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Two administrators who unmake each other at the same time take turns.
        await db.Database.ExecuteSqlAsync($"LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", cancel);
        if (!Guid.TryParse(user, out var id) || await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancel) is not { } row)
        {
            return Problems.NotFound("There is no such account.");
        }

        row.DisabledAt = patch.Disabled switch
        {
            true => row.DisabledAt ?? time.GetUtcNow(),
            false => null,
            null => row.DisabledAt,
        };
        row.IsAdministrator = patch.Administrator ?? row.IsAdministrator;
        // Made or unmade by hand, it is none of the provider's groups' business any more.
        row.AdministratorByProvider &= patch.Administrator is null;
        row.EmailConfirmed |= patch.Confirmed is true;
        if (row is not { IsAdministrator: true, DisabledAt: null } && !await db.Users.AnyAsync(u => u.Id != id && u.IsAdministrator && u.DisabledAt == null, cancel))
        {
            return Problems.Conflict("The platform always has an administrator, and this is its last one.", "Make somebody else one first.");
        }

        await db.SaveChangesAsync(cancel);
        if (row.DisabledAt is not null)
        {
            await db.Sessions.Where(s => s.UserId == id).ExecuteDeleteAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return TypedResults.Ok((await Views(db, db.Users.AsNoTracking().Where(u => u.Id == id), time.GetUtcNow(), options.Value.LockAfter, messages.IsOn || provider.Value.IsOn, cancel))[0]);
    }

    static async Task<IResult> Projects([AsParameters] PageParameters page, SlipwayDb db, CancellationToken cancel)
    {
        if (page.Refuse("name", "createdAt") is { } refusal)
        {
            return refusal;
        }

        var projects = db.Projects.AsNoTracking().Where(p => p.DeletedAt == null && p.NamespaceUid != null);
        if (page.SearchPattern is { } pattern)
        {
            projects = projects.Where(p => EF.Functions.ILike(p.Name, pattern));
        }

        var total = await projects.CountAsync(cancel);
        var ordered = page.SortField("name") is "createdAt" ? page.Order(projects, p => p.CreatedAt) : page.Order(projects, p => p.Name);
        return TypedResults.Ok(new Page<AdminProjectView>(await Views(db, ordered.Skip(page.Skip).Take(page.Take), cancel), total));
    }

    static async Task<IResult> PutQuota(string project, ProjectQuota quota, SlipwayDb db, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        if (quota.Cpu is <= 0 or > 100_000)
        {
            errors["cpu"] = ["A quota of cores is more than 0 and at most 100000."];
        }

        if (quota.MemoryMiB is < 1 or > 1_000_000_000)
        {
            errors["memoryMiB"] = ["A quota of memory is 1 MiB to 1000000000 MiB."];
        }

        if (quota.Pods is < 1 or > 100_000)
        {
            errors["pods"] = ["A quota of pods is 1 to 100000."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (NameRules.ExplainProject(project) is not null
            || await db.Projects.SingleOrDefaultAsync(p => p.Name == project && p.DeletedAt == null && p.NamespaceUid != null, cancel) is not { } row)
        {
            return Problems.NotFound($"There is no project '{Problems.Shown(project)}'.");
        }

        row.Quota = quota is { Cpu: null, MemoryMiB: null, Pods: null } ? null : quota;
        await db.SaveChangesAsync(cancel);
        await WorkQueue.Ask(db, WorkTarget.Project, row.Id, cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok((await Views(db, db.Projects.AsNoTracking().Where(p => p.Id == row.Id), cancel))[0]);
    }

    private static async Task<IReadOnlyList<UserView>> Views(SlipwayDb db, IQueryable<User> users, DateTimeOffset now, int lockAfter, bool confirms, CancellationToken cancel)
    {
        var rows = await users.Select(u => new { User = u, Projects = db.Collaborators.Count(c => c.UserId == u.Id) }).ToListAsync(cancel);
        var keys = rows.Select(r => SignInAttempts.Key(r.User.Email!)).ToList();
        var locked = (await db.SignInAttempts.Where(a => keys.Contains(a.EmailHash) && a.Until > now).ToListAsync(cancel)).ToDictionary(a => Convert.ToHexString(a.EmailHash), a => a.Failures);
        return [.. rows.Select((r, i) => new UserView(r.User.Id, r.User.Email!, r.User.CreatedAt, r.User.EmailConfirmed || !confirms, r.User.IsAdministrator, r.User.TwoFactorEnabled,
            r.User.DisabledAt is not null, locked.GetValueOrDefault(Convert.ToHexString(keys[i])) >= lockAfter, r.Projects))];
    }

    private static async Task<IReadOnlyList<AdminProjectView>> Views(SlipwayDb db, IQueryable<ProjectRow> projects, CancellationToken cancel)
    {
        var rows = await projects.Select(p => new
        {
            Project = p,
            Collaborators = db.Collaborators.Count(c => c.ProjectId == p.Id),
            Apps = db.Apps.Count(a => a.ProjectId == p.Id),
        }).ToListAsync(cancel);
        return [.. rows.Select(r => new AdminProjectView(r.Project.Name, r.Project.CreatedAt, r.Collaborators, r.Apps, r.Project.Quota))];
    }
}
