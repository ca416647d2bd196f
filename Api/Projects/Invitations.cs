using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>Invitations: each works once, for the invited address only, and for seven days.</summary>
public sealed class Invitations(SlipwayDb db, UserManager<User> users, AccountMessages messages, AppViews views, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Invites somebody, or changes their invitation; it is sent anew with another code. The project is locked.</summary>
    internal async Task<IResult> Put(ProjectScope scope, string email, PutCollaborator request, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var normalized = users.NormalizeEmail(email)!;
        var row = await db.Invitations.SingleOrDefaultAsync(i => i.ProjectId == scope.Project.Id && i.NormalizedEmail == normalized, cancel);
        if (request.Version is { } version && version != (row?.ExpiresAt > now ? row.Version : 0))
        {
            return Collaborators.Outdated(email, row?.Role);
        }

        var code = Secrets.New();
        if (row is null)
        {
            row = new() { Id = Guid.CreateVersion7(now), ProjectId = scope.Project.Id, Email = email, NormalizedEmail = normalized, Hash = [] };
            db.Invitations.Add(row);
        }

        row.Role = request.Role;
        row.Hash = Secrets.Hash(code);
        row.CreatedAt = now;
        row.ExpiresAt = now + Lifetime;
        row.Version++;
        if (messages.IsOn)
        {
            await messages.Invite(email, scope.Project.Name, request.Role.ToString().ToLowerInvariant(), scope.User.Email, code, cancel);
        }

        return TypedResults.Ok(new CollaboratorView(email, row.Role, true, row.CreatedAt, row.ExpiresAt, row.Version) { InvitationCode = messages.IsOn ? null : code });
    }

    /// <summary>Takes the invited person into the project.</summary>
    public async Task<IResult> Accept(string code, CurrentUser user, CancellationToken cancel)
    {
        var (hash, now) = (Secrets.Hash(code), time.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var found = await db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.Hash == hash && i.ExpiresAt > now, cancel);
        if (found is null || await Creators.Lock(db, found.ProjectId, cancel) is not { } project)
        {
            return NoSuchInvitation();
        }

        if (found.NormalizedEmail != users.NormalizeEmail(user.Email))
        {
            return Problems.Forbidden("This invitation is for another address.", "Sign in with the address that it was sent to, or ask for one to yours.");
        }

        if (await db.Invitations.Where(i => i.Hash == hash).ExecuteDeleteAsync(cancel) == 0)
        {
            return NoSuchInvitation();
        }

        var there = await db.Collaborators.SingleOrDefaultAsync(c => c.ProjectId == project.Id && c.UserId == user.Id, cancel);
        if (there is null)
        {
            there = new() { ProjectId = project.Id, UserId = user.Id, Role = found.Role, Since = now, Version = 1 };
            db.Collaborators.Add(there);
            await RoleChanges.Tell(db, project, $"{user.Email} came into the project as {RoleChanges.Word(there.Role)}.", now, cancel);
        }
        else if (there.MappedRole is { } mapped)
        {
            // The provider's groups had let them in before.
            (there.MappedRole, there.HandRole) = found.Role >= mapped ? ((Role?)null, (Role?)null) : (mapped, found.Role);
            there.Version += there.Role < found.Role ? 1 : 0;
            there.Role = found.Role >= mapped ? found.Role : mapped;
        }

        await db.SaveChangesAsync(cancel);

        await transaction.CommitAsync(cancel);
        return TypedResults.Ok(new ProjectView(project.Name, there.Role, project.CreatedAt, (await views.States([project], cancel))[project.Id]));
    }

    private static ProblemHttpResult NoSuchInvitation() => Problems.BadField("code", "This invitation has been used or withdrawn, or is older than 7 days. Ask for another one.");
}
