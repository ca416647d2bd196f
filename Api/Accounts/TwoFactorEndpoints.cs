using System.Net;
using Microsoft.AspNetCore.Identity;
using QRCoder;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>The routes under /api/account/two-factor: an authenticator app beside the password (RFC 6238).</summary>
static class TwoFactorEndpoints
{
    private const int Codes = 10;

    public static void MapTwoFactor(this IEndpointRouteBuilder routes)
    {
        var factor = routes.MapGroup("/api/account/two-factor").WithTags("Account");
        factor.MapPost("setup", SetUp).ForPersons().TakesPassword().Audited("two-factor.setup").WithSummary("Get a key for an authenticator app").Produces<TwoFactorSetup>();
        factor.MapPost("enable", Enable).ForPersons().TakesPassword().Audited("two-factor.enable").WithSummary("Turn two-factor on with the app's first code").Produces<RecoveryCodes>();
        factor.MapPost("disable", Disable).ForPersons().TakesPassword().Audited("two-factor.disable").WithSummary("Turn two-factor off");
        factor.MapPost("recovery-codes", NewCodes).ForPersons().TakesPassword().Audited("two-factor.recovery-codes").WithSummary("New recovery codes; the old ones stop working")
            .Produces<RecoveryCodes>();
    }

    static async Task<IResult> SetUp(PasswordRequest request, CurrentUser current, Passwords passwords, UserManager<User> users, CancellationToken cancel)
    {
        var (user, refusal) = await passwords.Confirm(current, request.Password, "password", cancel);
        if (user is not { PasswordHash: not null })
        {
            return refusal ?? Passwords.HasNone();
        }

        if (user.TwoFactorEnabled)
        {
            return Problems.Conflict("Two-factor is on already.", "Turn it off first to use another authenticator.");
        }

        await users.ResetAuthenticatorKeyAsync(user);
        await users.RemoveAuthenticationTokenAsync(user, SealedUserStore.Provider, SealedUserStore.LastStep);
        var key = (await users.GetAuthenticatorKeyAsync(user))!;
        var uri = $"otpauth://totp/{WebUtility.UrlEncode("Slipway")}:{Uri.EscapeDataString(user.Email!)}?secret={key}&issuer=Slipway&digits=6";
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        return TypedResults.Ok(new TwoFactorSetup(key, uri, new SvgQRCode(data).GetGraphic(4)));
    }

    static async Task<IResult> Enable(EnableTwoFactor request, CurrentUser current, Passwords passwords, UserManager<User> users, SignInAttempts attempts, CancellationToken cancel)
    {
        var user = (await users.FindByIdAsync(current.Id.ToString()))!;
        if (user.TwoFactorEnabled)
        {
            return Problems.Conflict("Two-factor is on already.");
        }

        if (string.IsNullOrEmpty(await users.GetAuthenticatorKeyAsync(user)))
        {
            return Problems.Conflict("There is no key yet.", "Set an authenticator app up first.");
        }

        if (await attempts.Begin(user.Email!, cancel) is { } locked)
        {
            return Problems.TooMany("Too many wrong codes.", locked);
        }

        var code = request.Code.Replace(" ", "", StringComparison.Ordinal);
        if (code.Length is not 6 || !await passwords.IsRightCode(user, code))
        {
            return Problems.BadField("code", "The code is not the right one. Check that the clock of your device is right.");
        }

        await attempts.Succeed(user.Email!, cancel);
        await users.SetTwoFactorEnabledAsync(user, true);
        return TypedResults.Ok(new RecoveryCodes([.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes))!]));
    }

    static async Task<IResult> Disable(PasswordRequest request, CurrentUser current, Passwords passwords, UserManager<User> users, CancellationToken cancel)
    {
        var (user, refusal) = await passwords.Confirm(current, request.Password, "password", cancel);
        if (user is null)
        {
            return refusal!;
        }

        await users.SetTwoFactorEnabledAsync(user, false);
        await users.ResetAuthenticatorKeyAsync(user);
        return TypedResults.NoContent();
    }

    static async Task<IResult> NewCodes(PasswordRequest request, CurrentUser current, Passwords passwords, UserManager<User> users, CancellationToken cancel)
    {
        var (user, refusal) = await passwords.Confirm(current, request.Password, "password", cancel);
        if (user is null)
        {
            return refusal!;
        }

        return user.TwoFactorEnabled
            ? TypedResults.Ok(new RecoveryCodes([.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes))!]))
            : Problems.Conflict("Two-factor is off.");
    }
}
