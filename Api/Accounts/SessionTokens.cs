using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Slipway.Api.Projects;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>
/// The access tokens of sessions: JSON Web Tokens (RFC 7519) that name a session and live for <see cref="Lifetime"/>. They say who somebody
/// claims to be; the session's row says whether that still holds, and is read at every request.
/// </summary>
public sealed class SessionTokens(IOptions<EncryptionOptions> encryption, TimeProvider time)
{
    /// <summary>How long an access token is good for, while its session lasts.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Issuer = "slipway";

    // Another key than the one environments are encrypted with, from the same secret (RFC 5869).
    private readonly SymmetricSecurityKey key = new(HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Convert.FromBase64String(encryption.Value.Key), 32, info: Encoding.ASCII.GetBytes("slipway access token v1")));

    /// <summary>A token for a session.</summary>
    public string Issue(Guid userId, Guid sessionId)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now,
            Expires = now + Lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = userId.ToString(), ["sid"] = sessionId.ToString() },
            SigningCredentials = new(key, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>How a token is checked.</summary>
    public void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new()
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ClockSkew = TimeSpan.Zero,
            NameClaimType = "email",
        };
        options.Events = new JwtBearerEvents { OnTokenValidated = CheckSession };
    }

    private static async Task CheckSession(TokenValidatedContext context)
    {
        var services = context.HttpContext.RequestServices;
        var db = services.GetRequiredService<SlipwayDb>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (!Guid.TryParse(context.Principal?.FindFirstValue("sid"), out var sessionId))
        {
            context.Fail("The token names no session.");
            return;
        }

        var user = await ProjectAccess.OfSession(context.HttpContext, db, sessionId, now);
        if (user is null)
        {
            context.Fail("The session has ended.");
            return;
        }

        context.HttpContext.Features.Set(user);
    }
}
