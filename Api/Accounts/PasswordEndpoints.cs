using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>The routes under /api/account for another password, and for an end of the account.</summary>
static class PasswordEndpoints
{
    public static void MapPasswords(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/account").WithTags("Account").RequireRateLimiting(AccountLimits.PerAddress);
        open.MapPost("forgot-password", Forgot).ForAnyone().TakesPassword().Audited("password.forgot").WithSummary("Have a link sent to choose a new password");
        open.MapPost("reset-password", Reset).ForAnyone().TakesPassword().Audited("password.reset").WithSummary("Choose a new password with the code from that link");

        var account = routes.MapGroup("/api/account").WithTags("Account");
        account.MapPost("change-password", Change).ForPersons().TakesPassword().Audited("password.change").WithSummary("Change the password; all other sessions end");
        account.MapPost("delete", Delete).ForPersons().Audited("account.delete").WithSummary("Delete your account");
    }

    static async Task<IResult> Forgot(EmailRequest request, UserManager<User> users, AccountMessages messages, AccountLimits limits, CancellationToken cancel)
    {
        if (Passwords.ExplainEmail(request.Email) is { } wrong)
        {
            return Problems.BadField("email", wrong);
        }

        if (!messages.IsOn)
        {
            return Problems.Conflict("This platform sends no e-mail, so a password cannot be reset this way.", "Ask the administrator of the platform.");
        }

        if (limits.Message(request.Email) is { } wait)
        {
            return Problems.TooMany("This address has been sent enough messages for now.", wait);
        }

        if (await users.FindByEmailAsync(request.Email) is { } user)
        {
            await messages.Reset(user, cancel);
        }

        return TypedResults.Accepted((string?)null);
    }

    static async Task<IResult> Reset(
        ResetPasswordRequest request, AccountCodes codes, UserManager<User> users, Sessions sessions, SignInAttempts attempts, AccountMessages messages,
        HttpContext http, CancellationToken cancel)
    {
        // First, so that a password that will not do does not use the code up.
        if (Passwords.ExplainPassword(request.Password) is { } wrong)
        {
            return Problems.BadField("password", wrong);
        }

        if (await codes.Redeem(request.Code, CodePurpose.ResetPassword, cancel) is not { } id || await users.FindByIdAsync(id.ToString()) is not { } user)
        {
            return Problems.BadField("code", "This link has been used already, or is older than an hour. Ask for another one.");
        }

        http.AuditedAs(user);
        user.PasswordHash = users.PasswordHasher.HashPassword(user, request.Password);
        user.EmailConfirmed = true;
        await users.UpdateAsync(user);
        await sessions.EndOthers(user.Id, null, cancel);
        await attempts.Succeed(user.Email!, cancel);
        await messages.PasswordChanged(user, cancel);
        return TypedResults.NoContent();
    }

    static async Task<IResult> Change(
        ChangePasswordRequest request, CurrentUser current, Passwords passwords, UserManager<User> users, Sessions sessions, AccountMessages messages,
        CancellationToken cancel)
    {
        if (Passwords.ExplainPassword(request.Password) is { } wrong)
        {
            return Problems.BadField("password", wrong);
        }

        var (user, refusal) = await passwords.Confirm(current, request.Current, "current", cancel);
        if (user is not { PasswordHash: not null })
        {
            return refusal ?? Passwords.HasNone();
        }

        user.PasswordHash = users.PasswordHasher.HashPassword(user, request.Password);
        if (!(await users.UpdateAsync(user)).Succeeded)
        {
            return Problems.Conflict("Your account was changed at the same moment.", "Try again.");
        }

        await sessions.EndOthers(user.Id, current.SessionId, cancel);
        await messages.PasswordChanged(user, cancel);
        return TypedResults.NoContent();
    }

    static async Task<IResult> Delete(PasswordRequest request, CurrentUser current, Passwords passwords, SlipwayDb db, CancellationToken cancel)
    {
        if (await passwords.Confirm(current, request.Password, "password", cancel) is (null, { } refusal))
        {
            return refusal;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // From here on nobody comes into a project, and nobody becomes an administrator: what is read below stays so.
        await db.Database.ExecuteSqlAsync($"LOCK TABLE collaborators, users IN SHARE ROW EXCLUSIVE MODE", cancel);
        if (await Creators.Orphaned(db, current.Id, cancel) is { Count: > 0 } orphaned)
        {
            return Problems.Conflict($"You are the only creator of {string.Join(", ", orphaned.Take(10))}.", "Make somebody else a creator there, or delete the project.");
        }

        if (await db.Users.AnyAsync(u => u.Id == current.Id && u.IsAdministrator, cancel) && !await db.Users.AnyAsync(u => u.IsAdministrator && u.DisabledAt == null && u.Id != current.Id, cancel)
            && await db.Users.AnyAsync(u => u.Id != current.Id, cancel))
        {
            return Problems.Conflict("You are the only administrator of the platform.", "Make somebody else one first.");
        }

        await db.Users.Where(u => u.Id == current.Id).ExecuteDeleteAsync(cancel);
        await transaction.CommitAsync(cancel);
        return TypedResults.NoContent();
    }
}
