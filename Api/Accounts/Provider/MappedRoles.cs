using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Audit;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts.Provider;

/// <summary>
/// Gives and takes what the provider's groups give, each time that somebody signs in with it. A role that only a group gave goes with the
/// group; one that was given by hand stays; a project keeps its last creator and the platform its last administrator, whatever the groups say.
/// </summary>
public sealed class MappedRoles(SlipwayDb db, IOptions<ProviderOptions> options, AuditTrail audit, IHttpContextAccessor http, TimeProvider time, ILogger<MappedRoles> logger)
{
    /// <summary>Brings somebody's roles into line.</summary>
    public async Task Apply(User user, IReadOnlySet<string>? values, CancellationToken cancel)
    {
        if (values is null)
        {
            logger.LogWarning("The provider does not say the values of '{Claim}' for user {User}, only where they could be asked for: their roles stay as they are", options.Value.RoleClaim, user.Id);
            return;
        }

        var (administrator, wanted) = RoleParts.Wanted(options.Value.Roles, values);
        await Administer(user, administrator, cancel);
        var names = wanted.Keys.ToList();
        var projects = await db.Projects.AsNoTracking()
            .Where(p => p.DeletedAt == null && p.NamespaceUid != null
                && (names.Contains(p.Name) || db.Collaborators.Any(c => c.ProjectId == p.Id && c.UserId == user.Id && c.MappedRole != null)))
            .OrderBy(p => p.Id).ToListAsync(cancel);
        foreach (var project in projects)
        {
            await Apply(user, project, wanted.TryGetValue(project.Name, out var role) ? role : null, cancel);
        }
    }

    private async Task Apply(User user, ProjectRow project, Role? wanted, CancellationToken cancel)
    {
        Task<CollaboratorRow?> There() => db.Collaborators.SingleOrDefaultAsync(c => c.ProjectId == project.Id && c.UserId == user.Id, cancel);
        db.ChangeTracker.Clear();
        if (RoleParts.Of(await There()) is var seen && seen.With(wanted) == seen)
        {
            return;
        }

        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Creators.Lock(db, project.Id, cancel) is null)
        {
            return;
        }

        var row = await There();
        var (before, after) = (RoleParts.Of(row), RoleParts.Of(row).With(wanted));
        if (before.Role is Role.Creator && after.Role is not Role.Creator && !await Creators.HasAnother(db, project.Id, user.Id, cancel))
        {
            await Note("provider.role.keep", user, project, $"{user.Email} creator, the last one");
            return;
        }

        Set(row, user, project, after);
        await db.SaveChangesAsync(cancel);
        if (before.Role != after.Role)
        {
            await RoleChanges.Tell(db, project, after.Role is { } given
                ? $"{user.Email} is {Word(given)} by their groups at {options.Value.DisplayName}."
                : $"{user.Email} is out of the project, as their groups at {options.Value.DisplayName} say.", time.GetUtcNow(), cancel);
        }

        await transaction.CommitAsync(cancel);
        if (before.Role != after.Role)
        {
            await Note(after.Role is null ? "provider.role.take" : "provider.role.give", user, project, after.Role is { } now ? $"{user.Email} {Word(now)}" : user.Email!);
        }
    }

    private void Set(CollaboratorRow? row, User user, ProjectRow project, RoleParts after)
    {
        if (after.Role is not { } role)
        {
            db.Collaborators.Remove(row!);
            return;
        }

        if (row is null)
        {
            row = new() { ProjectId = project.Id, UserId = user.Id, Since = time.GetUtcNow() };
            db.Collaborators.Add(row);
        }

        row.Version += row.Version == 0 || row.Role != role ? 1 : 0;
        (row.Role, row.MappedRole, row.HandRole) = (role, after.Mapped, after.Mapped is null ? null : after.ByHand);
    }

    private async Task Administer(User user, bool wanted, CancellationToken cancel)
    {
        // One that was made by hand is none of the groups' business.
        if (wanted ? user.IsAdministrator : !user.AdministratorByProvider)
        {
            return;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlAsync($"LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE", cancel);
        if (!wanted && !await db.Users.AnyAsync(u => u.Id != user.Id && u.IsAdministrator && u.DisabledAt == null, cancel))
        {
            await Note("provider.administrator.keep", user, null, $"{user.Email}, the last one");
            return;
        }

        await db.Users.Where(u => u.Id == user.Id && (wanted ? !u.IsAdministrator : u.AdministratorByProvider))
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.IsAdministrator, wanted).SetProperty(u => u.AdministratorByProvider, wanted), cancel);
        await transaction.CommitAsync(cancel);
        await Note(wanted ? "provider.administrator.give" : "provider.administrator.take", user, null, user.Email!);
    }

    private Task Note(string action, User user, ProjectRow? project, string what) =>
        audit.Note(http.HttpContext!, action, user, project, what);

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
