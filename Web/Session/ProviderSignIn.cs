using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>
/// Leads people to the identity provider, and remembers in their browser meanwhile what the API wants to see again and where they were
/// going to. An answer of the provider that another browser asked for finds nothing there.
/// </summary>
sealed class ProviderSignIn(IDataProtectionProvider protection)
{
    public const string StartPath = "/sign-in/provider", ReturnPath = "/sign-in/callback", AwayReason = "provider-away";

    private const string CookieName = "slipway-provider";

    // A little longer than the API takes it, so that it is the API that says that it took too long.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Slipway.Web.ProviderSignIn").ToTimeLimitedDataProtector();

    /// <summary>Sends somebody to the provider.</summary>
    public static async Task<IResult> Start(HttpContext context, ProviderSignIn provider, ApiClients api, string? returnUrl)
    {
        var goOn = SessionEndpoints.LocalPath(returnUrl);
        try
        {
            var start = await api.Anonymous(context).StartProviderSignIn(context.RequestAborted);
            provider.Keep(context, new(start.Request, goOn));
            return TypedResults.Redirect(start.Address);
        }
        catch (SlipwayApiException)
        {
            return TypedResults.LocalRedirect($"{SessionEndpoints.SignInPath}?reason={AwayReason}&returnUrl={Uri.EscapeDataString(goOn)}");
        }
    }

    /// <summary>What was begun in this browser, once; null where nothing was.</summary>
    public Begun? Take(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } text)
        {
            return null;
        }

        context.Response.Cookies.Delete(CookieName, Cookie(context));
        try
        {
            return JsonSerializer.Deserialize<Begun>(protector.Unprotect(text));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private void Keep(HttpContext context, Begun begun)
    {
        var options = Cookie(context);
        options.MaxAge = Lifetime;
        context.Response.Cookies.Append(CookieName, protector.Protect(JsonSerializer.Serialize(begun), Lifetime), options);
    }

    private static CookieOptions Cookie(HttpContext context) => new()
    {
        HttpOnly = true,
        // It has to come along when the provider sends the person back.
        SameSite = SameSiteMode.Lax,
        Secure = context.RequestServices.GetRequiredService<CookieRules>().Secure || context.Request.IsHttps,
        Path = SessionEndpoints.SignInPath,
        IsEssential = true,
    };

    /// <summary>A sign-in that was begun.</summary>
    /// <param name="Request">See <see cref="ProviderSignInStart"/>.</param>
    /// <param name="ReturnUrl">A path of the portal.</param>
    internal sealed record Begun(string Request, string ReturnUrl);
}

/// <summary>Whether cookies are for https:// alone: what counts is how people open the portal.</summary>
sealed record CookieRules(bool Secure);
