using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>
/// Signs programs in by their access token, <c>Authorization: Bearer slip_…</c>. The token's row is read at every request. What it may do
/// is its owner's role at that moment, cut down to the token's.
/// </summary>
public sealed class AccessTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SlipwayDb db, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>What every access token begins with, so that scanners for leaked secrets recognise it.</summary>
    public const string Prefix = "slip_";

    /// <summary>The scheme that picks one of the two kinds of token.</summary>
    public const string EitherScheme = "Bearer or access token";

    private const string SchemeName = "Access token", Bearer = "Bearer ";
    private const int MaxLength = 128;
    private static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);

    /// <summary>Registers both kinds of token.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = http =>
                Token(http.Request) is null ? JwtBearerDefaults.AuthenticationScheme : SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessTokens>(SchemeName, null)
            .AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<SessionTokens>((jwt, tokens) => tokens.Configure(jwt));
    }

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Token(Request) is not { Length: <= MaxLength } secret)
        {
            return AuthenticateResult.Fail("This is no access token.");
        }

        var (hash, now) = (Secrets.Hash(secret), time.GetUtcNow());
        var found = await CurrentUser.OfToken(db.AccessTokens.Where(t => t.Hash == hash), db, now, Context.RequestAborted);
        if (found is not var (user, token))
        {
            return AuthenticateResult.Fail("The access token is unknown, has expired or was revoked.");
        }

        if (token.LastUsedAt is not { } last || now - last > Precision)
        {
            await db.AccessTokens.Where(t => t.Id == token.Id).ExecuteUpdateAsync(set => set.SetProperty(t => t.LastUsedAt, now), Context.RequestAborted);
        }

        Context.Features.Set(user);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity([new("sub", user.Id.ToString())], SchemeName)), SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750, 3.
        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return base.HandleChallengeAsync(properties);
    }

    private static string? Token(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Bearer + Prefix, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
}
