using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>What an access token may do, as it was made.</summary>
/// <param name="Role">The most that it may do.</param>
/// <param name="ProjectId">The one project that it works in; null: all of its owner's.</param>
/// <param name="Actions">What it may do of what its role may; null: all of it.</param>
public sealed record TokenScope(Guid Id, string Name, Role Role, Guid? ProjectId, IReadOnlyList<Permission>? Actions)
{
    /// <summary>Whether nothing but its role limits it.</summary>
    public bool IsWide => ProjectId is null && Actions is null;
}

/// <summary>Who makes this request, as the database knows them.</summary>
/// <param name="SessionId">The session that they are signed in with; null where it is an access token.</param>
/// <param name="Token">The access token; null where it is a session.</param>
public sealed record CurrentUser(Guid Id, string Email, bool IsAdministrator, Guid? SessionId, TokenScope? Token)
{
    /// <summary>Whether they still are who they were: the session or token is there, and the account is not disabled.</summary>
    public async Task<bool> IsStillThere(SlipwayDb db, DateTimeOffset now, CancellationToken cancel) =>
        await db.Users.AnyAsync(u => u.Id == Id && u.DisabledAt == null, cancel)
        && (SessionId is { } session
            ? await db.Sessions.AnyAsync(s => s.Id == session && s.ExpiresAt > now, cancel)
            : Token is { } token && await db.AccessTokens.AnyAsync(t => t.Id == token.Id && t.ExpiresAt > now, cancel));
}
