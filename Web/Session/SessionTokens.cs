using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>What the API gave at sign-in or at the last refresh.</summary>
/// <param name="Access">For <c>Authorization: Bearer …</c>.</param>
/// <param name="Expires">When the API stops taking it.</param>
/// <param name="Refresh">Works once.</param>
sealed record SessionTokens(string Access, DateTimeOffset Expires, string Refresh)
{
    private const string AccessItem = "access", ExpiresItem = "expires", RefreshItem = "refresh";

    /// <summary>The claim that holds the portal session's id.</summary>
    public const string SessionClaim = "sid";

    private const string AdministratorClaim = "administrator", PasswordClaim = "password";

    public static SessionTokens From(TokenResponse response, DateTimeOffset now) =>
        new(response.AccessToken, now.AddSeconds(response.ExpiresIn), response.RefreshToken);

    /// <summary>The tokens in a cookie's ticket, which data protection encrypts as a whole; null where they are not there.</summary>
    public static SessionTokens? Read(AuthenticationProperties properties) =>
        properties.GetString(AccessItem) is { } access && properties.GetString(RefreshItem) is { } refresh
        && DateTimeOffset.TryParse(properties.GetString(ExpiresItem), out var expires)
            ? new(access, expires, refresh)
            : null;

    public void Write(AuthenticationProperties properties)
    {
        properties.SetString(AccessItem, Access);
        properties.SetString(ExpiresItem, Expires.ToString("O"));
        properties.SetString(RefreshItem, Refresh);
    }

    /// <summary>
    /// Whether somebody was an administrator when they signed in: worth showing them the way to the administrators' pages, and no more.
    /// Whether they may is the API's to say, at every request.
    /// </summary>
    public static bool SeemsAdministrator(ClaimsPrincipal user) => user.HasClaim(AdministratorClaim, "true");

    /// <summary>Whether somebody had a password that works when they signed in; the others have nothing to do with passwords and second factors.</summary>
    public static bool HasPassword(ClaimsPrincipal user) => !user.HasClaim(PasswordClaim, "false");

    /// <summary>The person that a cookie stands for.</summary>
    public static ClaimsPrincipal Principal(Me me, string session) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, me.Id.ToString()),
            new(ClaimTypes.Name, me.Email),
            new(SessionClaim, session),
            new(AdministratorClaim, me.Administrator ? "true" : "false"),
            new(PasswordClaim, me.Password ? "true" : "false"),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));
}
