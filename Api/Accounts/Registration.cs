using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>Makes accounts.</summary>
public sealed class Registration(
    UserManager<User> users, IPasswordHasher<User> hasher, SlipwayDb db, AccountMessages messages, AccountLimits limits, IOptions<AccountOptions> options,
    IHttpContextAccessor http, TimeProvider time)
{
    /// <summary>Makes an account; where there is one with the address already, its owner is told so by e-mail, and the answer is the same.</summary>
    public async Task<IResult> Register(RegisterRequest request, CancellationToken cancel)
    {
        if (limits.Message(request.Email) is { } wait)
        {
            return Problems.TooMany("That was too often for this address.", wait);
        }

        var now = time.GetUtcNow();
        var answer = TypedResults.Accepted((string?)null, new Registered(messages.IsOn));
        if (await users.FindByEmailAsync(request.Email) is { } owner)
        {
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
            if (await Make(user, request.Password, cancel) is { } refusal)
            {
                // Somebody else was quicker with the same address.
                return refusal.Errors.Any(e => e.Code.StartsWith("Duplicate", StringComparison.Ordinal)) ? answer : Explain(refusal);
            }
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Or as quick.
            db.ChangeTracker.Clear();
            return answer;
        }

        http.HttpContext?.AuditedAs(user);
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
        await MakeAdministrator(user, cancel);
        await transaction.CommitAsync(cancel);
        await db.Entry(user).ReloadAsync(cancel);
        return user;
    }

    /// <summary>All of it or nothing: an account, what it is allowed, and the message to its owner. Why not, if not.</summary>
    private async Task<IdentityResult?> Make(User user, string password, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var result = await users.CreateAsync(user, password);
        if (!result.Succeeded)
        {
            return result;
        }

        await MakeAdministrator(user, cancel);
        if (messages.IsOn && !user.EmailConfirmed)
        {
            await messages.Confirm(user, cancel);
        }

        await transaction.CommitAsync(cancel);
        return null;
    }

    private static ProblemHttpResult Explain(IdentityResult refusal) => Problems.Invalid(
        refusal.Errors.GroupBy(e => e.Code.StartsWith("Password", StringComparison.Ordinal) ? "password" : "email").ToDictionary(g => g.Key, g => g.Select(e => e.Description).ToArray()));

    private Task<bool> IsInvited(string email, string code, CancellationToken cancel)
    {
        var (hash, now, normalized) = (Secrets.Hash(code), time.GetUtcNow(), users.NormalizeEmail(email));
        return db.Invitations.AnyAsync(i => i.Hash == hash && i.NormalizedEmail == normalized && i.ExpiresAt > now, cancel);
    }

    /// <summary>The first account, or the one with the configured address. Those who register at the same time take turns, until the caller's transaction ends.</summary>
    private async Task MakeAdministrator(User user, CancellationToken cancel)
    {
        const long turn = 0x51_1b_ad;
        var configured = options.Value.Administrator;
        if (configured.Length > 0 && users.NormalizeEmail(configured) != user.NormalizedEmail)
        {
            return;
        }

        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({turn})", cancel);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE users SET is_administrator = true WHERE id = {user.Id} AND ({configured.Length > 0} OR NOT EXISTS (SELECT FROM users WHERE is_administrator))", cancel);
    }
}
