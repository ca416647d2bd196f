using Microsoft.EntityFrameworkCore;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>
/// Gives fresh replicas to apps whose image could not be fetched. The kubelet tries again by itself, but only minutes later.
/// </summary>
sealed class ImageRetry(SlipwayDb db, AppViews views, ClusterState cluster, TimeProvider time)
{
    /// <summary>Asks for them, in the caller's transaction.</summary>
    /// <param name="host">The registry: see <see cref="RegistryRules.HostOf"/>.</param>
    public async Task Ask(ProjectScope scope, string host, CancellationToken cancel)
    {
        var running = db.Apps.Where(a => a.ProjectId == scope.Project.Id && a.DeletedAt == null && !a.Stopped);
        foreach (var (app, release) in (await views.Read(running, cancel)).Where(row => IsWaiting(row.App, row.Release.Spec, host)))
        {
            if (await AppLookup.Lock(db, scope.Project, app.Name, cancel) is not { DeletedAt: null, Stopped: false } row || row.Release != release.Number)
            {
                // Somebody has changed it in this moment, and with that asked for fresh replicas themselves.
                continue;
            }

            row.Change();
            row.RestartedAt = time.GetUtcNow();
            db.Add(new TimelineRow
            {
                AppId = row.Id,
                Release = row.Release,
                Kind = TimelineKind.Restarted,
                Message = $"Its image is fetched again: the project is signed in to {host} now",
                At = row.RestartedAt.Value,
                Actor = scope.User.Email,
            });
            await db.SaveChangesAsync(cancel);
            await WorkQueue.Ask(db, WorkTarget.App, row.Id, cancel);
            await AppChanges.Announce(db, scope.Project.Id, row.Id, cancel);
        }
    }

    private bool IsWaiting(AppRow app, AppSpec spec, string host) => RegistryRules.HostOf(spec.Image) == host
        && cluster.Observe(app.Id).Pods.Any(pod => pod.DeletedAt is null && pod.Release == app.Release && ImageTrouble.Of(spec.Image, pod) is not null);
}
