using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>Signing in and out of the portal, and staying signed in.</summary>
static class SessionEndpoints
{
    public const string SignInPath = "/sign-in", EndedQuery = "reason=ended";

    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        // The cookie's validation does the work on the way here (SessionCookieEvents).
        routes.MapPost("/session/refresh", () => TypedResults.NoContent()).RequireAuthorization().DisableAntiforgery();
        routes.MapPost("/sign-out", SignOut);
        routes.MapGet(ProviderSignIn.StartPath, ProviderSignIn.Start);
        routes.MapGet("/", () => TypedResults.LocalRedirect("/projects"));
    }

    /// <summary>Signs a browser in with tokens that the API has just given.</summary>
    public static async Task SignIn(this HttpContext context, TokenResponse response, Me me)
    {
        var sessions = context.RequestServices.GetRequiredService<PortalSessions>();
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var id = Guid.NewGuid().ToString("N");
        var tokens = SessionTokens.From(response, clock.GetUtcNow());
        var properties = new AuthenticationProperties { IsPersistent = true };
        tokens.Write(properties);
        sessions.Seed(id, tokens);
        await context.SignInAsync(SessionTokens.Principal(me, id), properties);
    }

    /// <summary>A path of the portal itself to go to after signing in; never another site's address.</summary>
    public static string LocalPath(string? returnUrl) =>
        returnUrl is ['/', ..] and not ['/', '/' or '\\', ..] && !returnUrl.Any(char.IsControl) && !returnUrl.StartsWith(SignInPath, StringComparison.Ordinal)
            ? returnUrl
            : "/projects";

    private static async Task<Results<RedirectHttpResult, BadRequest<string>>> SignOut(
        HttpContext context, IAntiforgery antiforgery, PortalSessions sessions, ApiClients api)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest("This page is too old to sign out from. Go back, reload it and try again.");
        }

        if (context.User.FindFirstValue(SessionTokens.SessionClaim) is { } id)
        {
            sessions.SigningOut(id);
            try
            {
                await api.For(context).Logout(CancellationToken.None);
            }
            catch (SlipwayApiException)
            {
                // Signed out of the portal all the same; the tokens are thrown away here and expire by themselves.
            }

            sessions.End(id);
        }

        await context.SignOutAsync();
        var back = context.Request.HasFormContentType ? context.Request.Form["returnUrl"].ToString() : "";
        return TypedResults.Redirect($"{SignInPath}?reason=signed-out{(back.Length == 0 ? "" : $"&returnUrl={Uri.EscapeDataString(LocalPath(back))}")}");
    }
}
