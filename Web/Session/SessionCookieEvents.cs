using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Slipway.Web.Session;

/// <summary>Keeps the tokens in the cookie alive and in step with the process's own, and turns away sessions that the API has ended.</summary>
sealed class SessionCookieEvents(PortalSessions sessions, ApiClients api, TimeProvider clock) : CookieAuthenticationEvents
{
    private static readonly object EndedItem = new();

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var id = context.Principal?.FindFirstValue(SessionTokens.SessionClaim);
        if (id is null || SessionTokens.Read(context.Properties) is not { } cookie)
        {
            context.RejectPrincipal();
            return;
        }

        var session = sessions.Seed(id, cookie);
        if (!await session.KeepFresh(api.Anonymous(context.HttpContext), clock))
        {
            sessions.End(id);
            context.HttpContext.Items[EndedItem] = true;
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
            return;
        }

        // Compared with the cookie, not with what was before this request: an earlier answer may never have arrived.
        var current = session.Tokens;
        if (current != cookie && !context.HttpContext.WebSockets.IsWebSocketRequest)
        {
            current.Write(context.Properties);
            context.ShouldRenew = true;
        }
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (context.Request.Path.StartsWithSegments("/session") || context.Request.Path.StartsWithSegments("/_blazor"))
        {
            CircuitGuard.SayUnauthorized(context.HttpContext);
            return Task.CompletedTask;
        }

        var ended = context.HttpContext.Items.ContainsKey(EndedItem);
        // Without a host: what a proxy in front asked for need not be what people see.
        var target = new Uri(context.RedirectUri).PathAndQuery;
        context.Response.Redirect(ended ? $"{target}&{SessionEndpoints.EndedQuery}" : target);
        return Task.CompletedTask;
    }
}
