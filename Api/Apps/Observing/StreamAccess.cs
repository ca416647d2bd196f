using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Projects;
using Slipway.Api.Storage;

namespace Slipway.Api.Apps.Observing;

/// <summary>Whether somebody may go on listening: a stream can outlive the right to it, the session, the app and the project.</summary>
internal sealed class StreamAccess(IDbContextFactory<SlipwayDb> databases, TimeProvider time)
{
    /// <summary>A question to ask from time to time. Where the database does not answer, the last answer holds.</summary>
    public Func<CancellationToken, Task<bool>> Watch(ProjectScope scope, Guid? appId) => async cancel =>
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            return await scope.User.IsStillThere(db, time.GetUtcNow(), cancel)
                && await ProjectAccess.Find(db, scope.Project.Name, scope.User, cancel) is { } now && now.Project.Id == scope.Project.Id
                && (appId is not { } id || await db.Apps.AnyAsync(a => a.Id == id, cancel));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException || e.InnerException is NpgsqlException)
        {
            return true;
        }
    };
}
