using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>The routes under /api/account to get in and out, and /api/me.</summary>
static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/api/account").WithTags("Account").RequireRateLimiting(AccountLimits.PerAddress);
        open.MapPost("register", Register).ForAnyone().TakesPassword().Audited("account.register").WithSummary("Make an account");
        open.MapPost("confirm-email", ConfirmEmail).ForAnyone().Audited("account.confirm").WithSummary("Confirm the address by the code that was sent to it");
        open.MapPost("resend-confirmation", Resend).ForAnyone().Audited("account.resend").WithSummary("Send that code again");
        open.MapPost("login", Login).ForAnyone().TakesPassword().Audited("account.login").WithSummary("Sign in")
            .Produces<TokenResponse>().ProducesProblem(401).ProducesProblem(429);

        var account = routes.MapGroup("/api/account").WithTags("Account");
        account.MapPost("refresh", Refresh).ForAnyone().Audited("account.refresh").WithSummary("Trade a refresh token, which works once, for new tokens")
            .Produces<TokenResponse>().ProducesProblem(401);
        account.MapPost("logout", Logout).ForPersons().Audited("account.logout").WithSummary("End this session");
        account.MapGet("sessions", Sessions).ForPersons().WithSummary("The devices that are signed in");
        account.MapDelete("sessions/{session}", EndSession).ForPersons().Audited("session.end").WithSummary("Sign a device out at once");
        routes.MapGet("/api/me", Me).ForUsers().WithTags("Account").WithSummary("Who is signed in").Produces<Me>();
    }

    static async Task<IResult> Register(RegisterRequest request, Registration registration, CancellationToken cancel)
    {
        var errors = new Dictionary<string, string[]>();
        if (Passwords.ExplainEmail(request.Email) is { } badEmail)
        {
            errors["email"] = [badEmail];
        }

        if (Passwords.ExplainPassword(request.Password) is { } badPassword)
        {
            errors["password"] = [badPassword];
        }

        return errors.Count > 0 ? Problems.Invalid(errors) : await registration.Register(request, cancel);
    }

    static async Task<IResult> ConfirmEmail(ConfirmEmailRequest request, AccountCodes codes, SlipwayDb db, CancellationToken cancel)
    {
        if (await codes.Redeem(request.Code, CodePurpose.ConfirmEmail, cancel) is not { } id)
        {
            return Problems.BadField("code", "This link has been used already, or is older than a day. Sign in to have another one sent.");
        }

        await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true), cancel);
        return TypedResults.NoContent();
    }

    static async Task<IResult> Resend(EmailRequest request, UserManager<User> users, AccountMessages messages, AccountLimits limits, CancellationToken cancel)
    {
        if (Passwords.ExplainEmail(request.Email) is { } wrong)
        {
            return Problems.BadField("email", wrong);
        }

        if (limits.Message(request.Email) is { } wait)
        {
            return Problems.TooMany("This address has been sent enough messages for now.", wait);
        }

        if (messages.IsOn && await users.FindByEmailAsync(request.Email) is { EmailConfirmed: false } user)
        {
            await messages.Confirm(user, cancel);
        }

        return TypedResults.Accepted((string?)null);
    }

    static async Task<IResult> Login(LoginRequest request, Passwords passwords, Sessions sessions, AccountMessages messages, HttpContext http, CancellationToken cancel)
    {
        var (user, refusal) = await passwords.Check(request, cancel);
        if (user is null)
        {
            return refusal!;
        }

        http.AuditedAs(user);
        return user switch
        {
            { DisabledAt: not null } => Disabled(),
            { EmailConfirmed: false } when messages.IsOn =>
                Problems.Forbidden("Confirm your address first.", "We have sent you a message with a link. It can be sent again from the page where you registered."),
            _ => TypedResults.Ok(await sessions.Begin(user.Id, cancel)),
        };
    }

    internal static IResult Disabled() => Problems.Forbidden("This account has been disabled.", "An administrator of the platform can enable it again.");

    static async Task<IResult> Refresh(RefreshRequest request, Sessions sessions, CancellationToken cancel) =>
        await sessions.Refresh(request.RefreshToken, cancel) is { } tokens
            ? TypedResults.Ok(tokens)
            : Problems.Unauthorized("This session has ended. Sign in again.");

    static async Task<IResult> Logout(CurrentUser user, Sessions sessions, CancellationToken cancel)
    {
        await sessions.End(user.SessionId!.Value, cancel);
        return TypedResults.NoContent();
    }

    static async Task<IResult> Sessions([AsParameters] PageParameters page, CurrentUser user, Sessions sessions, CancellationToken cancel)
    {
        if (page.Refuse("seenAt") is { } refusal)
        {
            return refusal;
        }

        return TypedResults.Ok(page.Of(await sessions.List(user, cancel)));
    }

    static async Task<IResult> EndSession(string session, CurrentUser user, SlipwayDb db, CancellationToken cancel) =>
        Guid.TryParse(session, out var id) && await db.Sessions.Where(s => s.Id == id && s.UserId == user.Id).ExecuteDeleteAsync(cancel) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound("You have no such session.");

    static async Task<IResult> Me(CurrentUser user, SlipwayDb db, IOptions<ProviderOptions> provider, CancellationToken cancel)
    {
        var more = await db.Users.Where(u => u.Id == user.Id).Select(u => new { u.TwoFactorEnabled, HasPassword = u.PasswordHash != null }).FirstOrDefaultAsync(cancel);
        return TypedResults.Ok(new Me(user.Id, user.Email, user.IsAdministrator, more?.TwoFactorEnabled is true) { Password = provider.Value.Passwords && more?.HasPassword is not false });
    }
}
