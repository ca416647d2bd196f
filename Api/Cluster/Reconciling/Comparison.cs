using k8s.Models;
using Npgsql;
using NpgsqlTypes;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>An app or project that seems not to be in line.</summary>
/// <param name="What">In words, for the log.</param>
/// <param name="Busy">Whether work on it waits or goes on anyway.</param>
public sealed record Difference(WorkTarget Target, Guid Owner, string What, bool Busy);

/// <summary>Compares what was written with what the watches show: one query, and no call of the cluster.</summary>
public sealed class Comparison(NpgsqlDataSource database, ClusterState cluster)
{
    private const string Query =
        """
        SELECT o.owner_id, o.kind, o.name, o.uid, o.fingerprint, p.name, a.name,
            EXISTS (SELECT FROM work_items w WHERE w.target_id = o.owner_id)
        FROM owned_objects o LEFT JOIN apps a ON a.id = o.owner_id JOIN projects p ON p.id = coalesce(a.project_id, o.owner_id)
        """;

    /// <summary>Of these apps and projects.</summary>
    internal async Task<IReadOnlyList<Difference>> Of(IReadOnlyList<Guid> owners, CancellationToken cancel)
    {
        if (owners.Count == 0)
        {
            return [];
        }

        await using var command = database.CreateCommand($"{Query} WHERE o.owner_id = ANY($1)");
        command.Parameters.Add(new() { Value = owners.ToArray() });
        return await Compare(command, null, cancel);
    }

    /// <summary>Of everything.</summary>
    /// <param name="signature">What was rendered with other settings differs as well; null: settings are not looked at.</param>
    internal async Task<IReadOnlyList<Difference>> OfAll(string? signature, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Query);
        return await Compare(command, signature, cancel);
    }

    /// <summary>
    /// Apps and projects for which something is still to be done and no work item is there, which should not happen. A project whose
    /// creation goes on right now has one.
    /// </summary>
    internal async Task<IReadOnlyList<Difference>> Lost(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT 'App', a.id FROM apps a WHERE (a.deleted_at IS NOT NULL OR a.applied_generation < a.generation)
                AND NOT EXISTS (SELECT FROM work_items w WHERE w.target_id = a.id)
            UNION ALL
            SELECT 'Project', p.id FROM projects p WHERE (p.deleted_at IS NOT NULL OR p.namespace_uid IS NULL
                OR NOT EXISTS (SELECT FROM owned_objects o WHERE o.owner_id = p.id))
                AND NOT EXISTS (SELECT FROM work_items w WHERE w.target_id = p.id)
            """);
        var lost = new List<Difference>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            lost.Add(new(Enum.Parse<WorkTarget>(rows.GetString(0)), rows.GetGuid(1), "not done yet", false));
        }

        return lost;
    }

    /// <summary>
    /// Apps that have the environment of an earlier release and no pod that needs it; those whose pods still do are awaited.
    /// </summary>
    /// <param name="owners">Only these; null: all.</param>
    internal async Task<IReadOnlyList<Difference>> RolledOut(IReadOnlyList<Guid>? owners, Awaited awaited, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT a.id, a.release, EXISTS (SELECT FROM work_items w WHERE w.target_id = a.id) FROM apps a
            WHERE ($1 IS NULL OR a.id = ANY($1)) AND EXISTS (SELECT FROM owned_objects o WHERE o.owner_id = a.id
                AND o.kind = 'Secret' AND o.name <> a.name || '-env-' || a.release)
            """);
        command.Parameters.Add(new() { Value = owners?.ToArray() as object ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var over = new List<Difference>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var id = rows.GetGuid(0);
            if (Awaited.IsRolledOut(cluster.Observe(id), rows.GetInt32(1)))
            {
                over.Add(new(WorkTarget.App, id, "an earlier release's environment is not needed any more", rows.GetBoolean(2)));
                if (!over[^1].Busy)
                {
                    awaited.Rollouts.Remove(id);
                }
            }
            else
            {
                awaited.Rollouts.Add(id);
            }
        }

        return over;
    }

    private async Task<IReadOnlyList<Difference>> Compare(NpgsqlCommand command, string? signature, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, Difference>();
        var apps = new Dictionary<Guid, (string Name, bool Busy, HashSet<(string Kind, string Name)> Recorded)>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            var (owner, kind, name, busy) = (rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetBoolean(7));
            var app = await rows.IsDBNullAsync(6, cancel) ? null : rows.GetString(6);
            if (app is not null)
            {
                if (!apps.TryGetValue(owner, out var known))
                {
                    apps[owner] = known = (app, busy, []);
                }

                known.Recorded.Add((kind, name));
            }

            if (!found.ContainsKey(owner) && Explain(kind, rows.GetString(5), name, rows.GetString(3), rows.GetString(4), signature) is { } what)
            {
                found[owner] = new(app is null ? WorkTarget.Project : WorkTarget.App, owner, what, busy);
            }
        }

        foreach (var (owner, (name, busy, recorded)) in apps.Where(a => !found.ContainsKey(a.Key)))
        {
            if (Strays.Of(cluster.Owned(owner), name, recorded) is [var stray, ..])
            {
                found[owner] = new(WorkTarget.App, owner, $"{stray.Kind} {stray.Name} is on no record", busy);
            }
        }

        return [.. found.Values];
    }

    private string? Explain(string kind, string project, string name, string uid, string fingerprint, string? signature) =>
        cluster.Find(kind, kind == V1Namespace.KubeKind ? "" : project, name) switch
        {
            null => $"{kind} {name} is missing",
            { Uid: var other } when other != uid => $"{kind} {name} is another one",
            { Fingerprint: var now } when !OwnedObjects.Matches(fingerprint, now) => $"{kind} {name} was changed",
            _ when signature is not null && !OwnedObjects.RenderedWith(fingerprint, signature) => $"{kind} {name} was rendered with other settings",
            _ => null,
        };
}
