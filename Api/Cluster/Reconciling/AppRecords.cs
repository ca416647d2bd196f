using Npgsql;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Writes down what came of an app's work, each time in one round trip and one transaction.</summary>
public sealed class AppRecords(NpgsqlDataSource database)
{
    /// <summary>The cluster has all of it.</summary>
    internal async Task Applied(WantedApp wanted, ApplyOutcome outcome, RenderSettings settings, CancellationToken cancel)
    {
        var (app, release) = (wanted.App, wanted.Release.Number);
        await using var batch = Begin(wanted, outcome, settings);
        OwnedObjects.Add(batch,
            """
            UPDATE apps SET applied_generation = greatest(applied_generation, $2), problem_reason = NULL, problem_detail = NULL
            WHERE id = $1 AND (applied_generation < $2 OR problem_reason IS NOT NULL)
            """, app.Id, app.Generation);
        if (!wanted.IsCheck)
        {
            Entry(batch, app.Id, release, TimelineKind.Applied, $"The cluster has taken release {release}", $"applied:{release}");
        }

        foreach (var repair in outcome.Repairs)
        {
            Entry(batch, app.Id, release, TimelineKind.Repaired, repair, $"repaired:{Guid.NewGuid()}");
        }

        if (!wanted.IsCheck || outcome.Repairs.Count > 0 || app.ProblemReason is not null)
        {
            Announce(batch, wanted);
        }

        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The cluster has some of it.</summary>
    internal async Task Written(WantedApp wanted, ApplyOutcome outcome, RenderSettings settings, CancellationToken cancel)
    {
        if (outcome.Written.Count > 0)
        {
            await using var batch = Begin(wanted, outcome, settings);
            await batch.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>The cluster will not take it, for a reason that is shown.</summary>
    internal async Task Problem(WantedApp wanted, ObjectProblemException problem, CancellationToken cancel)
    {
        if (wanted.App.ProblemReason == problem.Reason && wanted.App.ProblemDetail == problem.Detail)
        {
            return;
        }

        await using var batch = database.CreateBatch();
        OwnedObjects.Add(batch, "UPDATE apps SET problem_reason = $3, problem_detail = $4 WHERE id = $1 AND generation = $2",
            wanted.App.Id, wanted.App.Generation, problem.Reason, problem.Detail);
        Announce(batch, wanted);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Puts on record what is the app's and was on none.</summary>
    internal async Task<IReadOnlyList<OwnedObjectRow>> Found(WantedApp wanted, IReadOnlyList<ObservedObject> strays, RenderSettings settings, CancellationToken cancel)
    {
        if (strays.Count == 0)
        {
            return [];
        }

        var rows = strays.Select(s => new OwnedObjectRow
        {
            OwnerId = wanted.App.Id,
            Kind = s.Kind,
            Name = s.Name,
            Uid = s.Uid,
            Fingerprint = OwnedObjects.Stored(s.Fingerprint, settings.Signature),
        }).ToList();
        await using var batch = database.CreateBatch();
        rows.ForEach(row => OwnedObjects.Record(batch, row));
        await batch.ExecuteNonQueryAsync(cancel);
        return rows;
    }

    internal async Task Forget(OwnedObjectRow row, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        OwnedObjects.Forget(batch, row);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Nothing of it is left in the cluster: its rows go, too.</summary>
    internal async Task Gone(WantedApp wanted, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        OwnedObjects.Add(batch, "DELETE FROM owned_objects WHERE owner_id = $1", wanted.App.Id);
        OwnedObjects.Add(batch, "DELETE FROM apps WHERE id = $1 AND deleted_at IS NOT NULL", wanted.App.Id);
        Announce(batch, wanted);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    private NpgsqlBatch Begin(WantedApp wanted, ApplyOutcome outcome, RenderSettings settings)
    {
        var batch = database.CreateBatch();
        foreach (var written in outcome.Written)
        {
            OwnedObjects.Record(batch, wanted.App.Id, written, settings.Signature);
        }

        return batch;
    }

    private static void Entry(NpgsqlBatch batch, Guid app, int release, TimelineKind kind, string message, string key) => OwnedObjects.Add(batch,
        "INSERT INTO timeline (app_id, release, kind, message, at, key) VALUES ($1, $2, $3, $4, now(), $5) ON CONFLICT (app_id, key) DO NOTHING",
        app, release, kind.ToString(), message, key);

    private static void Announce(NpgsqlBatch batch, WantedApp wanted) =>
        OwnedObjects.Add(batch, "SELECT pg_notify($1, $2)", AppChanges.Channel, $"{wanted.Project.Id}:{wanted.App.Id}");
}
