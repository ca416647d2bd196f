using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts.Provider;

/// <summary>
/// Which account somebody has whom the provider vouches for. It is bound to provider and subject; an address alone opens an account once,
/// and only where both sides have proved it.
/// </summary>
public sealed class ProviderAccounts(
    UserManager<User> users, SlipwayDb db, Registration registration, AccountMessages messages, IOptions<ProviderOptions> options, AuditTrail audit, IHttpContextAccessor http)
{
    /// <summary>Their account, which is found, connected or made; or why there is none for them.</summary>
    public async Task<(User? User, IResult? Refusal)> Find(ProviderIdentity identity, CancellationToken cancel)
    {
        try
        {
            return await FindOnce(identity, cancel);
        }
        catch (DbUpdateException)
        {
            // The same person in another window was quicker.
            db.ChangeTracker.Clear();
            return await FindOnce(identity, cancel);
        }
    }

    private string Provider => options.Value.DisplayName;

    private async Task<(User?, IResult?)> FindOnce(ProviderIdentity identity, CancellationToken cancel)
    {
        if (await users.FindByLoginAsync(identity.Issuer, identity.Subject) is { } known)
        {
            return (known, null);
        }

        if (identity.Email is not { } email || Passwords.ExplainEmail(email) is not null)
        {
            return (null, Problems.Forbidden($"There is no e-mail address with your account at {Provider}.", "Slipway needs one. Add it there, or ask the administrator of the platform."));
        }

        // Before anything is looked up, so that nobody learns from the answer who has an account.
        if (!identity.EmailVerified)
        {
            return (null, Problems.Forbidden($"Your e-mail address is not verified at {Provider}.", "Verify it there and sign in again. If it is, ask the administrator of the platform to look at the setting Oidc:TrustEmail."));
        }

        return await users.FindByEmailAsync(email) switch
        {
            null => await Make(identity, email, cancel),
            { DisabledAt: not null } shut => (shut, null),
            { EmailConfirmed: true } owner => await Connect(owner, identity, cancel),
            var unproved => await Replace(unproved, cancel) ? await Make(identity, email, cancel) : (null, Problems.Conflict(
                $"There is an account with the address {email} that nobody has proved to own.",
                "Somebody may have made it in your name, so you do not get into it. If it is yours, ask the administrator of the platform to confirm its address, under Users.")),
        };
    }

    private async Task<(User?, IResult?)> Make(ProviderIdentity identity, string email, CancellationToken cancel)
    {
        return await registration.Admit(email, Login(identity), cancel) is { } user
            ? (user, null)
            : (null, Problems.Conflict("Your account was made or changed at the same moment.", "Sign in again."));
    }

    private async Task<(User?, IResult?)> Connect(User owner, ProviderIdentity identity, CancellationToken cancel)
    {
        // An address that had another owner at the provider before: a new colleague does not get what the old one had.
        if ((await users.GetLoginsAsync(owner)).Any(l => l.LoginProvider == identity.Issuer))
        {
            return (null, Problems.Conflict($"The account with your address belongs to somebody else at {Provider}.", "The address may have been theirs before. Ask the administrator of the platform."));
        }

        if (!(await users.AddLoginAsync(owner, Login(identity))).Succeeded)
        {
            return (null, Problems.Conflict("Your account was changed at the same moment.", "Sign in again."));
        }

        await audit.Note(http.HttpContext!, "account.connect", owner, null, Provider);
        await messages.Connected(owner, Provider, cancel);
        return (owner, null);
    }

    /// <summary>
    /// Removes an account that nobody has proved to own the address of and that is in no project: whoever has proved it gets a new one, and
    /// whoever made this one has no way into that. False where there is something in it.
    /// </summary>
    private async Task<bool> Replace(User unproved, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlAsync($"LOCK TABLE collaborators, users IN SHARE ROW EXCLUSIVE MODE", cancel);
        var removed = await db.Users.Where(u => u.Id == unproved.Id && !u.EmailConfirmed && !u.IsAdministrator && u.DisabledAt == null && !db.Collaborators.Any(c => c.UserId == u.Id)).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
        return removed == 1;
    }

    private UserLoginInfo Login(ProviderIdentity identity) => new(identity.Issuer, identity.Subject, Provider);
}
