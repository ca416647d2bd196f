using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>
/// Sessions and their refresh tokens. A refresh token is <c>session id . secret</c>, is stored as a hash and works once; somebody who
/// shows one a second time has a stolen copy, or is the one it was stolen from, so the whole session ends (RFC 9700, 4.14.2).
/// </summary>
public sealed class Sessions(SlipwayDb db, AccessTokens accessTokens, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>Begins a session.</summary>
    public async Task<TokenResponse> Begin(Guid userId, CancellationToken cancel)
    {
        // Two sign-ins at once may both have tried to reset the count of wrong passwords; what lost that race is not to be saved here.
        db.ChangeTracker.Clear();
        var now = time.GetUtcNow();
        var secret = NewSecret();
        var session = new SessionRow { Id = Guid.CreateVersion7(now), UserId = userId, RefreshHash = Hash(secret), CreatedAt = now, ExpiresAt = now + Lifetime };
        // Sessions that ran out are cleared away where they gather: with their owner.
        await db.Sessions.Where(s => s.UserId == userId && s.ExpiresAt < now).ExecuteDeleteAsync(cancel);
        db.Sessions.Add(session);
        await db.SaveChangesAsync(cancel);
        return Tokens(userId, session.Id, secret);
    }

    /// <summary>New tokens for a refresh token; null where it does not work (any more).</summary>
    public async Task<TokenResponse?> Refresh(string refreshToken, CancellationToken cancel)
    {
        if (refreshToken.Split('.') is not [var id, var secret] || !Guid.TryParseExact(id, "N", out var sessionId))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var next = NewSecret();
        var (old, fresh) = (Hash(secret), Hash(next));
        var refreshed = await db.Sessions
            .Where(s => s.Id == sessionId && s.RefreshHash == old && s.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.RefreshHash, fresh).SetProperty(s => s.ExpiresAt, now + Lifetime), cancel);
        if (refreshed == 0)
        {
            await End(sessionId, cancel);
            return null;
        }

        var userId = await db.Sessions.Where(s => s.Id == sessionId).Select(s => s.UserId).FirstOrDefaultAsync(cancel);
        return userId == Guid.Empty ? null : Tokens(userId, sessionId, next);
    }

    /// <summary>Ends a session: its access tokens stop working at once.</summary>
    public Task End(Guid sessionId, CancellationToken cancel) => db.Sessions.Where(s => s.Id == sessionId).ExecuteDeleteAsync(cancel);

    private TokenResponse Tokens(Guid userId, Guid sessionId, string secret) =>
        new(accessTokens.Issue(userId, sessionId), (int)AccessTokens.Lifetime.TotalSeconds, $"{sessionId:N}.{secret}");

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));
}
