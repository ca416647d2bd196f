using k8s;
using k8s.Models;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>All that the database has about an app, read in one go.</summary>
internal sealed record WantedApp(AppRow App, ProjectRow Project, ReleaseRow Release, IReadOnlyList<OwnedObjectRow> Owned, bool ProjectReady)
{
    /// <summary>Everything that was asked for is in the cluster already: what is left to do is to see that it still is.</summary>
    public bool IsCheck => App.AppliedGeneration >= App.Generation;
}

/// <summary>Makes the cluster have what an app's newest release asks for.</summary>
public sealed class AppReconciler(
    IDbContextFactory<SlipwayDb> databases, EnvironmentBox box, ObjectWriter writer, Settings settings, ClusterState cluster, AppRecords records,
    AppRemoval removal, Awaited awaited, ReconcilerTelemetry telemetry, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Brings the app into line. Does nothing where there is no such app.</summary>
    internal async Task Reconcile(Guid id, CancellationToken cancel)
    {
        if (await Read(id, cancel) is not { } wanted)
        {
            return;
        }

        var current = await settings.Get(cancel);
        if (wanted.App.DeletedAt is not null)
        {
            await removal.Remove(wanted, current, cancel);
            return;
        }

        try
        {
            await Apply(wanted, current, cancel);
        }
        catch (ObjectProblemException problem)
        {
            await records.Problem(wanted, problem, cancel);
            throw;
        }
    }

    private async Task<WantedApp?> Read(Guid id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await (from app in db.Apps.AsNoTracking()
                         where app.Id == id
                         join project in db.Projects.AsNoTracking() on app.ProjectId equals project.Id
                         join release in db.Releases.AsNoTracking() on new { AppId = app.Id, Number = app.Release } equals new { release.AppId, release.Number }
                         select new
                         {
                             app,
                             project,
                             release,
                             ProjectReady = db.OwnedObjects.Any(o => o.OwnerId == project.Id && o.Kind == V1ServiceAccount.KubeKind),
                         }).SingleOrDefaultAsync(cancel);
        return row is null ? null : new(row.app, row.project, row.release,
            await db.OwnedObjects.AsNoTracking().Where(o => o.OwnerId == id).ToListAsync(cancel), row.ProjectReady);
    }

    private async Task Apply(WantedApp wanted, RenderSettings current, CancellationToken cancel)
    {
        if (cluster.Find(V1Namespace.KubeKind, "", wanted.Project.Name) is { } space && space.Uid != wanted.Project.NamespaceUid)
        {
            throw new NamespaceGoneException($"The namespace {wanted.Project.Name} is not the one that Slipway created");
        }

        if (!wanted.ProjectReady)
        {
            // Its pods would be refused for want of their service account, and tried again only after a while.
            throw time.GetUtcNow() - wanted.Project.CreatedAt < Patience
                ? new NotYetException("The project's own objects are not there yet", TimeSpan.FromMilliseconds(100))
                : new ObjectProblemException("The project is not set up", "The project's own objects could not be created in the cluster yet. The operator finds the reason in Slipway's log.");
        }

        var rendered = Render(wanted, current);
        var outcome = new ApplyOutcome();
        try
        {
            await Task.WhenAll(rendered.SkipLast(1).Select(item => Put(item, wanted, current, outcome, cancel)));
            await Put(rendered[^1], wanted, current, outcome, cancel);
        }
        catch
        {
            // What was created is on record before anything else happens, whatever became of the rest.
            await records.Written(wanted, outcome, current, cancel);
            throw;
        }

        await records.Applied(wanted, outcome, current, cancel);
        await Prune(wanted, rendered, current, cancel);
        await Task.WhenAll(outcome.Written.Where(w => w.Created is not null).Select(w => writer.Settle(w, cancel)));
    }

    private IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Render(WantedApp wanted, RenderSettings current) => AppRenderer.Render(new RenderInput
    {
        AppId = wanted.App.Id,
        Project = wanted.Project.Name,
        App = wanted.App.Name,
        Release = wanted.Release.Number,
        Spec = wanted.Release.Spec,
        Environment = box.Open(wanted.App.Id, wanted.Release.Environment),
        Stopped = wanted.App.Stopped,
        RestartedAt = wanted.App.RestartedAt,
        Settings = current,
    });

    private async Task Put(IKubernetesObject<V1ObjectMeta> item, WantedApp wanted, RenderSettings current, ApplyOutcome outcome, CancellationToken cancel)
    {
        var address = ObjectAddress.Of(item);
        var known = wanted.Owned.FirstOrDefault(o => o.Kind == item.Kind && o.Name == item.Metadata.Name);
        var found = wanted.IsCheck && known is not null ? await writer.Read(address, cancel) : null;
        var untouched = known is not null && found is not null && found.Uid == known.Uid && OwnedObjects.Matches(known.Fingerprint, found.Fingerprint);
        if (untouched && OwnedObjects.RenderedWith(known!.Fingerprint, current.Signature))
        {
            return;
        }

        var written = await writer.Write(item, wanted.App.Id, known?.Uid, cancel);
        telemetry.Wrote(item.Kind);
        outcome.Add(written);
        // What looks different though writing it changed nothing is the doing of the cluster, such as a default of a newer version.
        if (wanted.IsCheck && known is not null && !untouched && found?.Fingerprint != written.Fingerprint)
        {
            telemetry.Repaired(item.Kind);
            outcome.Repaired(item.Kind, found is null ? "deleted" : "changed");
        }
    }

    /// <summary>Deletes what the app consisted of and does not any more.</summary>
    private async Task Prune(WantedApp wanted, IReadOnlyList<IKubernetesObject<V1ObjectMeta>> rendered, RenderSettings current, CancellationToken cancel)
    {
        var strays = Strays.Of(cluster.Owned(wanted.App.Id), wanted.App.Name,
            wanted.Owned.Select(o => (o.Kind, o.Name)).Concat(rendered.Select(r => (r.Kind, r.Metadata.Name))).ToHashSet());
        var recovered = await records.Found(wanted, strays, current, cancel);
        var rolledOut = Awaited.IsRolledOut(cluster.Observe(wanted.App.Id), wanted.Release.Number);
        foreach (var row in wanted.Owned.Concat(recovered).Where(o => !rendered.Any(r => r.Kind == o.Kind && r.Metadata.Name == o.Name)))
        {
            if (row.Kind == V1Secret.KubeKind && !rolledOut)
            {
                awaited.Rollouts.Add(wanted.App.Id);
                continue;
            }

            var kind = ObjectKind.Of(row.Kind);
            await writer.Delete(new(kind.ApiVersion(current.PolicyV1), kind, wanted.Project.Name, row.Name), row.Uid, cancel);
            await records.Forget(row, cancel);
        }
    }
}

/// <summary>What came of applying an app's objects; filled by several tasks at once.</summary>
internal sealed class ApplyOutcome
{
    private readonly Lock gate = new();
    private readonly List<WrittenObject> written = [];
    private readonly List<string> repairs = [];

    public IReadOnlyList<WrittenObject> Written => written;

    /// <summary>What was put back, in words.</summary>
    public IReadOnlyList<string> Repairs => repairs;

    public void Add(WrittenObject item)
    {
        lock (gate)
        {
            written.Add(item);
        }
    }

    public void Repaired(string kind, string how)
    {
        lock (gate)
        {
            repairs.Add($"The {kind} had been {how} in the cluster and was put back");
        }
    }
}
