using System.Net;
using k8s;
using k8s.Models;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Makes the cluster have a project's namespace and what belongs to it, or takes it away.</summary>
public sealed class ProjectReconciler(
    IDbContextFactory<SlipwayDb> databases, NpgsqlDataSource database, EnvironmentBox box, ClusterObjects objects, ObjectWriter writer, Settings settings, WorkQueue queue,
    Awaited awaited, ReconcilerTelemetry telemetry, ILogger<ProjectReconciler> logger)
{
    /// <summary>Brings the project into line. Does nothing where there is no such project.</summary>
    internal async Task Reconcile(Guid id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (await db.Projects.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancel) is not { } project)
        {
            return;
        }

        if (project.DeletedAt is null && project.NamespaceUid is not null)
        {
            await Apply(db, project, cancel);
        }
        else if (await db.Apps.AnyAsync(a => a.ProjectId == id, cancel))
        {
            throw new InvalidOperationException($"Project {project.Name} is to be deleted and still has apps.");
        }
        else
        {
            await Remove(project, cancel);
        }
    }

    private static ObjectAddress NamespaceOf(string project) => new("v1", ObjectKind.Of(V1Namespace.KubeKind), "", project);

    private async Task Apply(SlipwayDb db, ProjectRow project, CancellationToken cancel)
    {
        var current = await settings.Get(cancel);
        var owned = await db.OwnedObjects.AsNoTracking().Where(o => o.OwnerId == project.Id).ToListAsync(cancel);
        var space = await writer.Write(ProjectRenderer.Namespace(project.Id, project.Name), project.Id, project.NamespaceUid, cancel);
        var written = new List<WrittenObject> { space };
        if (space.Uid != project.NamespaceUid)
        {
            // It was deleted by hand, with all that was in it.
            logger.LogWarning("Namespace {Namespace} was gone and has been created again", project.Name);
            await Moved(project, space.Uid, cancel);
        }

        var input = new ProjectInput(project.Id, project.Name, current) { Quota = project.Quota, Registries = await Registries(db, project, cancel) };
        written.AddRange(await Task.WhenAll(ProjectRenderer.Render(input).Select(item => Put(item, project, owned, cancel))));
        await using var batch = database.CreateBatch();
        foreach (var item in written)
        {
            OwnedObjects.Record(batch, project.Id, item, current.Signature);
        }

        await batch.ExecuteNonQueryAsync(cancel);
        if (owned.Count == 0)
        {
            await queue.Hasten(await db.Apps.Where(a => a.ProjectId == project.Id).Select(a => a.Id).ToListAsync(cancel), cancel);
        }

        // The namespace was created by the request that made the project, so it is settled whenever it is written.
        await Task.WhenAll(written.Where(w => w.Created is not null).Select(w => writer.Settle(w, cancel)));
    }

    private async Task<IReadOnlyList<RegistryLogin>> Registries(SlipwayDb db, ProjectRow project, CancellationToken cancel) =>
        [.. (await db.Registries.AsNoTracking().Where(r => r.ProjectId == project.Id).ToListAsync(cancel)).Select(r => new RegistryLogin(r.Host, r.Username, box.OpenText(r.Id, r.Password)))];

    private async Task<WrittenObject> Put(IKubernetesObject<V1ObjectMeta> item, ProjectRow project, List<OwnedObjectRow> owned, CancellationToken cancel)
    {
        var known = owned.FirstOrDefault(o => o.Kind == item.Kind && o.Name == item.Metadata.Name);
        var written = await writer.Write(item, project.Id, known?.Uid, cancel);
        telemetry.Wrote(item.Kind);
        return written;
    }

    /// <summary>The project has another namespace now: its apps have to be put into it.</summary>
    private async Task Moved(ProjectRow project, string uid, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Projects.Where(p => p.Id == project.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.NamespaceUid, uid), cancel);
        foreach (var app in await db.Apps.Where(a => a.ProjectId == project.Id).Select(a => a.Id).ToListAsync(cancel))
        {
            await WorkQueue.Ask(db, WorkTarget.App, app, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>
    /// Deletes the namespace, looks again until it has gone, and forgets the project. A project without a uid is one whose creation broke
    /// off: if its namespace was made all the same, it carries the project's id.
    /// </summary>
    private async Task Remove(ProjectRow project, CancellationToken cancel)
    {
        var address = NamespaceOf(project.Name);
        var found = await objects.Get(address, cancel);
        if (found is { Ok: false, Status: not HttpStatusCode.NotFound })
        {
            throw ObjectProblemException.Of(address, found);
        }

        if (found.Ok && IsOurs(address.Kind.Read(found.Body).Metadata, project))
        {
            awaited.Removals.Add(project.Id);
            if (found.Json["metadata"]!["deletionTimestamp"] is null)
            {
                await writer.Delete(address, found.Uid, cancel);
                logger.LogInformation("Namespace {Namespace} is being deleted", project.Name);
            }

            throw new NotYetException("The namespace is still there", TimeSpan.FromSeconds(2));
        }

        await using var batch = database.CreateBatch();
        OwnedObjects.Add(batch, "DELETE FROM owned_objects WHERE owner_id = $1", project.Id);
        OwnedObjects.Add(batch, "DELETE FROM projects WHERE id = $1 AND (deleted_at IS NOT NULL OR namespace_uid IS NULL)", project.Id);
        await batch.ExecuteNonQueryAsync(cancel);
        awaited.Removals.Remove(project.Id);
    }

    private static bool IsOurs(V1ObjectMeta found, ProjectRow project) => project.NamespaceUid is { } uid
        ? found.Uid == uid
        : Labels.IsManaged(found) && Labels.Owner(found) == project.Id;
}
