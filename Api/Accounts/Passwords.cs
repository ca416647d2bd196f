using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OtpNet;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>Checks addresses, passwords and codes.</summary>
public sealed class Passwords(
    UserManager<User> users, IPasswordHasher<User> hasher, SignInAttempts attempts, SlipwayDb db, IOptions<ProviderOptions> provider, TimeProvider time)
{
    private static readonly User Nobody = new();

    // How long a sign-in with the identity provider stands for a password.
    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(10);

    // A clock may be a minute wrong.
    private static readonly VerificationWindow Window = new(previous: 2, future: 2);

    /// <summary>
    /// The user whom address, password and, where two-factor is on, code belong to; or the refusal. A wrong one counts
    /// (<see cref="SignInAttempts"/>), and an address without an account takes as long and says the same as a wrong password.
    /// </summary>
    public async Task<(User? User, IResult? Refusal)> Check(LoginRequest request, CancellationToken cancel)
    {
        if (ExplainEmail(request.Email) is not null || request.Password.Length > 256)
        {
            return (null, WrongPair());
        }

        if (await attempts.Begin(request.Email, cancel) is { } locked)
        {
            return (null, Locked(locked));
        }

        var user = await users.FindByEmailAsync(request.Email);
        if (user is null)
        {
            hasher.HashPassword(Nobody, request.Password);
            return (null, WrongPair());
        }

        if (!await users.CheckPasswordAsync(user, request.Password))
        {
            return (null, WrongPair());
        }

        if (user.TwoFactorEnabled && string.IsNullOrWhiteSpace(request.Code))
        {
            await attempts.TakeBack(request.Email, cancel);
            return (null, TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized, title: "This account also takes a code of its authenticator app.",
                extensions: new Dictionary<string, object?> { ["twoFactor"] = true }));
        }

        if (user.TwoFactorEnabled && !await IsRightCode(user, request.Code!))
        {
            return (null, Problems.Unauthorized("The code is not the right one. It changes every 30 seconds and works once."));
        }

        await attempts.Succeed(request.Email, cancel);
        return (user, null);
    }

    /// <summary>
    /// Has a signed-in person prove once more that it is they: by their password or, where they sign in with the identity provider and have
    /// none that works, by having done so just now. The account; or the refusal.
    /// </summary>
    /// <param name="field">What the request calls the password.</param>
    public async Task<(User? User, IResult? Refusal)> Confirm(CurrentUser current, string password, string field, CancellationToken cancel)
    {
        var user = (await users.FindByIdAsync(current.Id.ToString()))!;
        var refusal = provider.Value.Passwords && user.PasswordHash is not null ? await Check(user, password, field, cancel) : await CameJustNow(current, cancel);
        return refusal is null ? (user, null) : (null, refusal);
    }

    /// <summary>The refusal to change what an account does not have.</summary>
    public static IResult HasNone() => Problems.Conflict("Your account has no password: you sign in with your organisation's account.", "Passwords and second factors are set there.");

    private async Task<IResult?> CameJustNow(CurrentUser current, CancellationToken cancel)
    {
        var since = time.GetUtcNow() - JustNow;
        return await db.Sessions.AnyAsync(s => s.Id == current.SessionId && s.EndsAt != null && s.CreatedAt > since, cancel)
            ? null
            : Problems.Forbidden($"Sign in with {provider.Value.DisplayName} once more first.", $"For this the last time must be less than {JustNow.TotalMinutes:0} minutes ago. Sign out, and in again.");
    }

    private async Task<IResult?> Check(User user, string password, string field, CancellationToken cancel)
    {
        if (await attempts.Begin(user.Email!, cancel) is { } locked)
        {
            return Locked(locked);
        }

        if (password.Length > 256 || !await users.CheckPasswordAsync(user, password))
        {
            return Problems.BadField(field, "This is not your password.");
        }

        await attempts.Succeed(user.Email!, cancel);
        return null;
    }

    /// <summary>Whether a code is the authenticator's, or one of the recovery codes. Each works once.</summary>
    public async Task<bool> IsRightCode(User user, string code)
    {
        var plain = code.Replace(" ", "", StringComparison.Ordinal);
        if (plain.Length is not 6 || !plain.All(char.IsAsciiDigit))
        {
            return plain.Length <= 32 && (await users.RedeemTwoFactorRecoveryCodeAsync(user, plain.ToUpperInvariant())).Succeeded;
        }

        var key = await users.GetAuthenticatorKeyAsync(user);
        if (key is null || !new Totp(Base32Encoding.ToBytes(key)).VerifyTotp(plain, out var step, Window))
        {
            return false;
        }

        // A code that somebody saw over a shoulder does not work again, nor does one before it (RFC 6238, 5.2). Of two at once, one loses the
        // race to store it.
        return (!long.TryParse(await users.GetAuthenticationTokenAsync(user, SealedUserStore.Provider, SealedUserStore.LastStep), out var last) || step > last)
            && (await users.SetAuthenticationTokenAsync(user, SealedUserStore.Provider, SealedUserStore.LastStep, $"{step}")).Succeeded;
    }

    /// <summary>What is wrong with an address, as a sentence; null where nothing is. Only a message that arrives proves one (RFC 5321 allows nearly everything).</summary>
    public static string? ExplainEmail(string email) => email switch
    {
        { Length: > 254 } => "An e-mail address has at most 254 characters.",
        _ when !AppRules.IsText(email) || email.Any(char.IsWhiteSpace) || email.IndexOf('@') is var at && (at < 1 || at != email.LastIndexOf('@') || at == email.Length - 1) =>
            "This is no e-mail address. It looks like 'you@example.com'.",
        _ => null,
    };

    /// <summary>What is wrong with a new password, as a sentence; null where nothing is. Length is what counts (NIST SP 800-63B, 3.1.1.2).</summary>
    public static string? ExplainPassword(string password) =>
        password.Length is < 8 or > 256 || password.Contains('\0') || !AppRules.IsText(password.Replace("\t", "", StringComparison.Ordinal))
            ? "A password has 8 to 256 characters. A few words in a row are easier to remember than symbols."
            : null;

    private static IResult Locked(TimeSpan left) => Problems.TooMany("Too many wrong passwords or codes for this address.", left);

    private static ProblemHttpResult WrongPair() => Problems.Unauthorized("Address and password do not fit together.");
}
