using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>
/// Sessions and their refresh tokens. A refresh token is <c>session id . secret</c>, is stored as a hash and works once; somebody who
/// shows one a second time has a stolen copy, or is the one it was stolen from, so the whole session ends (RFC 9700, 4.14.2).
/// </summary>
public sealed class Sessions(SlipwayDb db, SessionTokens accessTokens, IHttpContextAccessor http, IOptions<ProviderOptions> provider, TimeProvider time)
{
    private const int MaxDevice = 200;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    private string? Device => http.HttpContext?.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent
        ? new([.. agent.Take(MaxDevice).Where(c => c is >= ' ' and <= '~')])
        : null;

    private string? Address => http.HttpContext?.Origin();

    /// <summary>Begins a session.</summary>
    /// <param name="endsAt">When it ends however often it is refreshed, where the identity provider began it; null: it was begun with a password.</param>
    public async Task<TokenResponse> Begin(Guid userId, CancellationToken cancel, DateTimeOffset? endsAt = null)
    {
        db.ChangeTracker.Clear();
        var now = time.GetUtcNow();
        var secret = Secrets.New();
        var session = new SessionRow
        {
            Id = Guid.CreateVersion7(now),
            UserId = userId,
            RefreshHash = Secrets.Hash(secret),
            CreatedAt = now,
            SeenAt = now,
            ExpiresAt = endsAt < now + Lifetime ? endsAt.Value : now + Lifetime,
            EndsAt = endsAt,
            Device = Device,
            Address = Address,
        };
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
        var next = Secrets.New();
        var (old, fresh, device, address, longest) = (Secrets.Hash(secret), Secrets.Hash(next), Device, Address, now + Lifetime);
        // Where passwords are off, so are the sessions that they began.
        var passwords = provider.Value.Passwords;
        var refreshed = await db.Sessions
            .Where(s => s.Id == sessionId && s.RefreshHash == old && s.ExpiresAt > now && (passwords || s.EndsAt != null) && db.Users.Any(u => u.Id == s.UserId && u.DisabledAt == null))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.RefreshHash, fresh).SetProperty(s => s.ExpiresAt, s => s.EndsAt != null && s.EndsAt < longest ? s.EndsAt.Value : longest)
                .SetProperty(s => s.SeenAt, now).SetProperty(s => s.Device, s => device ?? s.Device).SetProperty(s => s.Address, address), cancel);
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

    /// <summary>Ends all sessions of a user but one; null: all.</summary>
    public Task EndOthers(Guid userId, Guid? keep, CancellationToken cancel) =>
        db.Sessions.Where(s => s.UserId == userId && s.Id != keep).ExecuteDeleteAsync(cancel);

    /// <summary>The user's sessions, the one seen last first.</summary>
    public async Task<IReadOnlyList<SessionView>> List(CurrentUser user, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == user.Id && s.ExpiresAt > now).OrderByDescending(s => s.SeenAt)
            .Select(s => new SessionView(s.Id, s.Device, s.Address, s.CreatedAt, s.SeenAt, s.Id == user.SessionId) { ByProvider = s.EndsAt != null }).ToListAsync(cancel);
    }

    private TokenResponse Tokens(Guid userId, Guid sessionId, string secret) =>
        new(accessTokens.Issue(userId, sessionId), (int)SessionTokens.Lifetime.TotalSeconds, $"{sessionId:N}.{secret}");
}
