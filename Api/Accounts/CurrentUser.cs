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

    /// <summary>Whether its actions, if it has any, leave this.</summary>
    public bool Leaves(Permission permission) => Actions?.Contains(permission) is null or true;
}

/// <summary>Who makes this request, as the database knows them.</summary>
/// <param name="SessionId">The session that they are signed in with; null where it is an access token.</param>
/// <param name="Token">The access token; null where it is a session.</param>
public sealed record CurrentUser(Guid Id, string Email, bool IsAdministrator, Guid? SessionId, TokenScope? Token)
{
    // Compiled, because every request asks it.
    private static readonly Func<SlipwayDb, Guid, DateTimeOffset, Task<CurrentUser?>> OfSessionQuery = EF.CompileAsyncQuery((SlipwayDb db, Guid sessionId, DateTimeOffset now) =>
        (from session in db.Sessions
         join person in db.Users on session.UserId equals person.Id
         where session.Id == sessionId && session.ExpiresAt > now && person.DisabledAt == null
         select new CurrentUser(person.Id, person.Email!, person.IsAdministrator, session.Id, null)).FirstOrDefault());

    /// <summary>Whose session it is; null where it has ended or the account is disabled.</summary>
    public static Task<CurrentUser?> OfSession(SlipwayDb db, Guid session, DateTimeOffset now) => OfSessionQuery(db, session, now);

    /// <summary>Whose access token it is; null where it is revoked, has expired, or the account is disabled.</summary>
    public static async Task<(CurrentUser User, AccessTokenRow Token)?> OfToken(IQueryable<AccessTokenRow> tokens, SlipwayDb db, DateTimeOffset now, CancellationToken cancel)
    {
        var found = await (from token in tokens.AsNoTracking()
                           join person in db.Users on token.UserId equals person.Id
                           where token.ExpiresAt > now && person.DisabledAt == null
                           select new { token, person.Id, person.Email, person.IsAdministrator }).FirstOrDefaultAsync(cancel);
        return found is null ? null : (new(found.Id, found.Email!, found.IsAdministrator, null,
            new(found.token.Id, found.token.Name, found.token.Role, found.token.ProjectId, found.token.Actions)), found.token);
    }

    /// <summary>The same person or program as the database has them by now; null where they are nobody any more.</summary>
    public async Task<CurrentUser?> Again(SlipwayDb db, DateTimeOffset now, CancellationToken cancel) =>
        SessionId is { } session ? await OfSession(db, session, now)
        : Token is { Id: var id } ? (await OfToken(db.AccessTokens.Where(t => t.Id == id), db, now, cancel))?.User
        : null;
}
