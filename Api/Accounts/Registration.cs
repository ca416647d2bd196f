using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>Makes accounts.</summary>
public sealed class Registration(
    UserManager<User> users, IPasswordHasher<User> hasher, SlipwayDb db, AccountMessages messages, AccountLimits limits, FirstAdministrator first,
    AuditTrail audit, IHttpContextAccessor http, TimeProvider time)
{
    private static readonly IdentityResult NotFirst = IdentityResult.Failed();

    /// <summary>Makes an account; where there is one with the address already, its owner is told so by e-mail, and the answer is the same.</summary>
    public async Task<IResult> Register(RegisterRequest request, CancellationToken cancel)
    {
        if (limits.Message(request.Email) is { } wait)
        {
            return Problems.TooMany("That was too often for this address.", wait);
        }

        var isSetup = !string.IsNullOrEmpty(request.SetupToken);
        if (isSetup && !(first.Takes(request.SetupToken!) && await first.IsPending(cancel)))
        {
            return SetupRefused();
        }

        var now = time.GetUtcNow();
        var answer = TypedResults.Accepted((string?)null, new Registered(messages.IsOn));
        if (await users.FindByEmailAsync(request.Email) is { } owner)
        {
            if (isSetup)
            {
                return EmailTaken();
            }

            hasher.HashPassword(owner, request.Password);
            if (messages.IsOn)
            {
                await messages.HasAccount(owner, cancel);
            }

            return answer;
        }

        var invited = request.Invitation is { } code && await IsInvited(request.Email, code, cancel);
        var user = new User { Id = Guid.CreateVersion7(now), UserName = request.Email, Email = request.Email, CreatedAt = now, EmailConfirmed = invited };
        try
        {
            if (await Make(user, request.Password, isSetup, cancel) is { } refusal)
            {
                // Somebody else was quicker with the set-up token, or with the same address.
                return refusal == NotFirst ? SetupRefused()
                    : !refusal.Errors.Any(e => e.Code.StartsWith("Duplicate", StringComparison.Ordinal)) ? Explain(refusal)
                    : isSetup ? EmailTaken() : answer;
            }
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Or as quick.
            db.ChangeTracker.Clear();
            return isSetup ? EmailTaken() : answer;
        }

        http.HttpContext!.AuditedAs(user);
        if (isSetup)
        {
            await audit.Note(http.HttpContext!, "administrator.setup", user, null, user.Email!);
        }

        return invited ? TypedResults.Accepted((string?)null, new Registered(false)) : answer;
    }

    /// <summary>
    /// Makes an account without a password for somebody whose address an identity provider has proved; null where there is one with it by now.
    /// </summary>
    public async Task<User?> Admit(string email, UserLoginInfo login, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var user = new User { Id = Guid.CreateVersion7(now), UserName = email, Email = email, CreatedAt = now, EmailConfirmed = true };
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!(await users.CreateAsync(user)).Succeeded || !(await users.AddLoginAsync(user, login)).Succeeded)
        {
            return null;
        }

        // Last, and read back: Identity writes the whole row each time.
        await first.Admit(user, cancel);
        await transaction.CommitAsync(cancel);
        await db.Entry(user).ReloadAsync(cancel);
        return user;
    }

    /// <summary>All of it or nothing: an account, what it is allowed, and the message to its owner. Why not, if not.</summary>
    private async Task<IdentityResult?> Make(User user, string password, bool isSetup, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var result = await users.CreateAsync(user, password);
        if (!result.Succeeded)
        {
            return result;
        }

        if (!await first.Register(user, isSetup, cancel))
        {
            return NotFirst;
        }

        if (messages.IsOn && !user.EmailConfirmed)
        {
            await messages.Confirm(user, cancel);
        }

        await transaction.CommitAsync(cancel);
        return null;
    }

    // The same for a wrong token and for one that has done its work: a guesser learns nothing from it.
    private ProblemHttpResult SetupRefused()
    {
        http.HttpContext!.AuditedAsNobody();
        return Problems.BadField("setupToken", "This set-up link does not work: it is not this platform's, or the platform has an administrator already. Sign in, or create an account without it.");
    }

    // Who holds the token may know this; an answer as if the account had been made would use the link up for nothing.
    private static ProblemHttpResult EmailTaken() =>
        Problems.BadField("email", "There is an account with this address already. Use another address for the administrator; the set-up link still works.");

    private static ProblemHttpResult Explain(IdentityResult refusal) => Problems.Invalid(
        refusal.Errors.GroupBy(e => e.Code.StartsWith("Password", StringComparison.Ordinal) ? "password" : "email").ToDictionary(g => g.Key, g => g.Select(e => e.Description).ToArray()));

    private Task<bool> IsInvited(string email, string code, CancellationToken cancel)
    {
        var (hash, now, normalized) = (Secrets.Hash(code), time.GetUtcNow(), users.NormalizeEmail(email));
        return db.Invitations.AnyAsync(i => i.Hash == hash && i.NormalizedEmail == normalized && i.ExpiresAt > now, cancel);
    }
}
