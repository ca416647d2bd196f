using System.Security.Claims;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>API clients for plain HTTP requests; components inject <see cref="SlipwayClient"/>.</summary>
sealed class ApiClients(IHttpClientFactory clients, PortalSessions sessions)
{
    /// <summary>Speaks for nobody: to register, sign in and refresh.</summary>
    public SlipwayClient Anonymous(HttpContext context) => With(Visitor.Of(context), null);

    /// <summary>Speaks for whom these tokens were given to.</summary>
    public SlipwayClient With(HttpContext context, TokenResponse tokens) => With(Visitor.Of(context), tokens.AccessToken);

    /// <summary>Speaks for the person who is signed in.</summary>
    public SlipwayClient For(HttpContext context) => With(
        Visitor.Of(context),
        context.User.FindFirstValue(SessionTokens.SessionClaim) is { } id && sessions.Find(id) is { } session ? session.Tokens.Access : null);

    /// <summary>Speaks for a visitor with an access token; without one for nobody.</summary>
    public SlipwayClient With(Visitor? visitor, string? access)
    {
        var http = clients.CreateClient(Portal.ApiClient);
        visitor?.Introduce(http.DefaultRequestHeaders);
        if (access is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", access);
        }

        return new(http);
    }
}
