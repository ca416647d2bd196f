using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>The routes under /api/account, and /api/me.</summary>
static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/api/account").WithTags("Account");
        account.MapPost("register", Register).AllowAnonymous().WithSummary("Make an account");
        account.MapPost("login", Login).AllowAnonymous().WithSummary("Sign in");
        account.MapPost("refresh", Refresh).AllowAnonymous().WithSummary("Trade a refresh token, which works once, for new tokens");
        account.MapPost("logout", Logout).WithSummary("End this session");
        routes.MapGet("/api/me", (CurrentUser user) => TypedResults.Ok(new Me(user.Id, user.Email))).WithTags("Account").WithSummary("Who is signed in");
    }

    static async Task<Results<Created<Me>, ProblemHttpResult>> Register(RegisterRequest request, UserManager<User> users, TimeProvider time)
    {
        var errors = new Dictionary<string, string[]>();
        if (ExplainEmail(request.Email) is { } badEmail)
        {
            errors["email"] = [badEmail];
        }

        if (request.Password.Length is < 8 or > 256 || !IsUnicodeText(request.Password))
        {
            errors["password"] = ["A password has 8 to 256 characters. A few words in a row are easier to remember than symbols."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var user = new User { Id = Guid.CreateVersion7(time.GetUtcNow()), UserName = request.Email, Email = request.Email, CreatedAt = time.GetUtcNow() };
        var result = await users.CreateAsync(user, request.Password);
        if (result.Succeeded)
        {
            return TypedResults.Created("/api/me", new Me(user.Id, user.Email));
        }

        return result.Errors.Any(e => e.Code.StartsWith("Duplicate", StringComparison.Ordinal))
            ? Problems.Conflict("There is an account with this address already.", "Sign in, or use another address.")
            : Problems.Invalid(result.Errors.GroupBy(e => e.Code.StartsWith("Password", StringComparison.Ordinal) ? "password" : "email")
                .ToDictionary(g => g.Key, g => g.Select(e => e.Description).ToArray()));
    }

    static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> Login(
        LoginRequest request, UserManager<User> users, IPasswordHasher<User> hasher, Sessions sessions, CancellationToken cancel)
    {
        var user = ExplainEmail(request.Email) is null ? await users.FindByEmailAsync(request.Email) : null;
        if (user is null)
        {
            // As much work as for an account that exists, so that the time says nothing either.
            hasher.HashPassword(Nobody, request.Password);
            return WrongPair();
        }

        if (await users.IsLockedOutAsync(user))
        {
            return Problems.Unauthorized("Too many wrong passwords. This account can sign in again in a few minutes.");
        }

        if (!await users.CheckPasswordAsync(user, request.Password))
        {
            await users.AccessFailedAsync(user);
            return WrongPair();
        }

        if (user.AccessFailedCount > 0)
        {
            await users.ResetAccessFailedCountAsync(user);
        }

        return TypedResults.Ok(await sessions.Begin(user.Id, cancel));

        static ProblemHttpResult WrongPair() => Problems.Unauthorized("Address and password do not fit together.");
    }

    static async Task<Results<Ok<TokenResponse>, ProblemHttpResult>> Refresh(RefreshRequest request, Sessions sessions, CancellationToken cancel) =>
        await sessions.Refresh(request.RefreshToken, cancel) is { } tokens
            ? TypedResults.Ok(tokens)
            : Problems.Unauthorized("This session has ended. Sign in again.");

    static async Task<NoContent> Logout(CurrentUser user, Sessions sessions, CancellationToken cancel)
    {
        await sessions.End(user.SessionId, cancel);
        return TypedResults.NoContent();
    }

    private static readonly User Nobody = new();

    // Deliberately mild: only a message that arrives proves an address (RFC 5321 allows nearly everything).
    private static string? ExplainEmail(string email) => email switch
    {
        { Length: > 254 } => "An e-mail address has at most 254 characters.",
        _ when !AppRules.IsText(email) || email.Any(char.IsWhiteSpace) || email.IndexOf('@') is var at && (at < 1 || at != email.LastIndexOf('@') || at == email.Length - 1) =>
            "This is no e-mail address. It looks like 'you@example.com'.",
        _ => null,
    };

    private static bool IsUnicodeText(string text) => !text.Contains('\0') && AppRules.IsText(text.Replace("\t", "", StringComparison.Ordinal));
}
