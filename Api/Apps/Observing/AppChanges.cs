using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;

namespace Slipway.Api.Apps.Observing;

/// <summary>Tells which apps of a project changed, in the database or in the cluster.</summary>
public sealed class AppChanges
{
    /// <summary>The PostgreSQL channel; its payload is <c>projectId:appId</c>.</summary>
    public const string Channel = "slipway_app_changed";

    /// <summary>Tells every process that an app's rows changed: when the caller's transaction commits, if there is one.</summary>
    public static Task Announce(SlipwayDb db, Guid projectId, Guid appId, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {$"{projectId}:{appId}"})", cancel);

    /// <summary>The ids of apps that changed, each at most once until it is taken. Never ends by itself.</summary>
    public async IAsyncEnumerable<Guid> Subscribe(Guid projectId, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.Delay(Timeout.Infinite, cancel);
        yield return projectId;
    }
}
