using System.Security.Claims;
using Slipway.Contracts;

namespace Slipway.Web.Session;

/// <summary>API clients for plain HTTP requests; components inject <see cref="SlipwayClient"/>.</summary>
sealed class ApiClients(IHttpClientFactory clients, PortalSessions sessions)
{
    /// <summary>Speaks for nobody: to register, sign in and refresh.</summary>
    public SlipwayClient Anonymous() => new(clients.CreateClient(Portal.ApiClient));

    /// <summary>Speaks for whom these tokens were given to.</summary>
    public SlipwayClient With(TokenResponse tokens) => With(tokens.AccessToken);

    /// <summary>Speaks for a signed-in person.</summary>
    public SlipwayClient For(ClaimsPrincipal user) =>
        user.FindFirstValue(SessionTokens.SessionClaim) is { } id && sessions.Find(id) is { } session ? With(session.Tokens.Access) : Anonymous();

    private SlipwayClient With(string access)
    {
        var http = clients.CreateClient(Portal.ApiClient);
        http.DefaultRequestHeaders.Authorization = new("Bearer", access);
        return new(http);
    }
}
