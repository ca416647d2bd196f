using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>
/// Who is in a project. A change is about one person and may name the version that it is based on, so that two who manage at the same
/// time do not undo each other's changes.
/// </summary>
public sealed class Collaborators(SlipwayDb db, UserManager<User> users, Invitations invitations, AccountMessages messages, TimeProvider time)
{
    /// <summary>Everybody who is in the project or has a valid invitation.</summary>
    public async Task<IReadOnlyList<CollaboratorView>> List(ProjectScope scope, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var members = await (from collaborator in db.Collaborators.AsNoTracking()
                             join user in db.Users on collaborator.UserId equals user.Id
                             where collaborator.ProjectId == scope.Project.Id
                             select new CollaboratorView(user.Email!, collaborator.Role, false, collaborator.Since, null, collaborator.Version) { Mapped = collaborator.MappedRole != null }).ToListAsync(cancel);
        var invited = await db.Invitations.AsNoTracking().Where(i => i.ProjectId == scope.Project.Id && i.ExpiresAt > now)
            .Select(i => new CollaboratorView(i.Email, i.Role, true, i.CreatedAt, i.ExpiresAt, i.Version)).ToListAsync(cancel);
        return [.. members, .. invited];
    }

    /// <summary>Adds or invites somebody, or changes their role.</summary>
    public async Task<IResult> Put(ProjectScope scope, string email, PutCollaborator request, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Creators.Lock(db, scope.Project.Id, cancel) is not { } project)
        {
            return Gone(scope);
        }

        var user = await users.FindByEmailAsync(email);
        var there = user is null ? null : await db.Collaborators.SingleOrDefaultAsync(c => c.ProjectId == project.Id && c.UserId == user.Id, cancel);
        var before = there?.Version;
        // An account that nobody has proved to own the address of, or that is shut, gets an invitation like a stranger.
        var known = user is { DisabledAt: null } && (user.EmailConfirmed || !messages.IsOn);
        var answer = there is not null ? await Change(there, user!.Email!, request, cancel)
            : known ? await Add(project, user!, request, cancel)
            : await invitations.Put(scope, email, request, cancel);
        if (answer is IStatusCodeHttpResult { StatusCode: < 300 })
        {
            if (answer is Ok<CollaboratorView> { Value: { } view } && view.Version != (before ?? 0))
            {
                await RoleChanges.Tell(db, project, view.Invited ? $"{scope.User.Email} invited {view.Email} as {RoleChanges.Word(view.Role)}."
                    : $"{scope.User.Email} made {view.Email} {RoleChanges.Word(view.Role)}.", time.GetUtcNow(), cancel);
            }

            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }

        return answer;
    }

    /// <summary>Removes somebody, or withdraws their invitation.</summary>
    public async Task<IResult> Remove(ProjectScope scope, string email, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await Creators.Lock(db, scope.Project.Id, cancel) is not { } project)
        {
            return Gone(scope);
        }

        var normalized = users.NormalizeEmail(email);
        var there = await (from collaborator in db.Collaborators
                           join user in db.Users on collaborator.UserId equals user.Id
                           where collaborator.ProjectId == project.Id && user.NormalizedEmail == normalized
                           select collaborator).SingleOrDefaultAsync(cancel);
        if (there is { Role: Role.Creator } && !await Creators.HasAnother(db, project.Id, there.UserId, cancel))
        {
            return LastCreator();
        }

        if (there is not null)
        {
            db.Collaborators.Remove(there);
            await db.SaveChangesAsync(cancel);
        }
        else if (await db.Invitations.Where(i => i.ProjectId == project.Id && i.NormalizedEmail == normalized).ExecuteDeleteAsync(cancel) == 0)
        {
            return NotIn(email);
        }

        await RoleChanges.Tell(db, project, normalized == users.NormalizeEmail(scope.User.Email) ? $"{email} left the project." : $"{scope.User.Email} removed {email}.", time.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }

    internal static ProblemHttpResult NotIn(string email) => Problems.NotFound($"'{Problems.Shown(email)}' is not in this project, nor invited to it.");

    internal static ProblemHttpResult Outdated(string email, Role? now) => Problems.Conflict("Somebody else has changed this at the same time.",
        now is { } role ? $"{email} is {role.ToString().ToLowerInvariant()} now. Look at it again, and repeat your change if you still want it." : $"{email} is not in the project any more.");

    private async Task<IResult> Change(CollaboratorRow there, string email, PutCollaborator request, CancellationToken cancel)
    {
        if (request.Version is { } version && version != there.Version)
        {
            return Outdated(email, there.Role);
        }

        if (there.Role is Role.Creator && request.Role is not Role.Creator && !await Creators.HasAnother(db, there.ProjectId, there.UserId, cancel))
        {
            return LastCreator();
        }

        if (there.Role != request.Role)
        {
            there.Role = request.Role;
            there.Version++;
        }

        // Given by hand from now on, whatever gave it before.
        (there.MappedRole, there.HandRole) = (null, null);

        return TypedResults.Ok(new CollaboratorView(email, there.Role, false, there.Since, null, there.Version));
    }

    private async Task<IResult> Add(ProjectRow project, User user, PutCollaborator request, CancellationToken cancel)
    {
        if (request.Version is > 0)
        {
            return Outdated(user.Email!, null);
        }

        var row = new CollaboratorRow { ProjectId = project.Id, UserId = user.Id, Role = request.Role, Since = time.GetUtcNow(), Version = 1 };
        db.Collaborators.Add(row);
        await db.Invitations.Where(i => i.ProjectId == project.Id && i.NormalizedEmail == user.NormalizedEmail).ExecuteDeleteAsync(cancel);
        return TypedResults.Ok(new CollaboratorView(user.Email!, row.Role, false, row.Since, null, row.Version));
    }

    private static ProblemHttpResult Gone(ProjectScope scope) => Problems.NotFound($"There is no project '{scope.Project.Name}', or you are not in it.");

    private static ProblemHttpResult LastCreator() => Problems.Conflict("A project always has a creator, and this is its last one.", "Make somebody else a creator first.");
}
