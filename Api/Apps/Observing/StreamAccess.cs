using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Ends a stream when whoever listens may not any more: a stream can outlive the right to it, the session, the app and the project.</summary>
internal sealed class StreamAccess(IDbContextFactory<SlipwayDb> databases, TimeProvider time, ILogger<StreamAccess> logger)
{
    // Somebody who was removed is out within five seconds.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Asks from time to time, whatever the stream is doing, and cancels it when the answer is no. Ends with the stream.
    /// Where the database does not answer, the last answer holds.
    /// </summary>
    public async Task Guard(ProjectScope scope, Permission permission, Guid? appId, CancellationTokenSource stream)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stream.Token))
            {
                if (!await MayGoOn(scope, permission, appId, stream.Token))
                {
                    await stream.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The stream is over.
        }
    }

    private async Task<bool> MayGoOn(ProjectScope scope, Permission permission, Guid? appId, CancellationToken cancel)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            return await scope.User.Again(db, time.GetUtcNow(), cancel) is { } user
                && await ProjectAccess.Find(db, scope.Project.Name, user, cancel) is { } now && now.Project.Id == scope.Project.Id && now.May(permission)
                && (appId is not { } id || await db.Apps.AnyAsync(a => a.Id == id, cancel));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException || e.InnerException is NpgsqlException)
        {
            logger.LogWarning("Whether somebody may go on listening could not be asked: {Reason}", e.Message);
            return true;
        }
    }
}
