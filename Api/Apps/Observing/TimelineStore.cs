using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>The timeline in PostgreSQL, read and written for many apps at once.</summary>
internal sealed class TimelineStore(IDbContextFactory<SlipwayDb> databases, NpgsqlDataSource source)
{
    /// <summary>
    /// How many entries of an app are kept: beyond the first number, an app that crashes all day loses its oldest crashes; beyond the
    /// second, everything that is older.
    /// </summary>
    public const int Kept = 500, KeptAtMost = 2000;

    /// <summary>What is wanted of an app now, and the trace of the request that asked for it until it is ready.</summary>
    public sealed record Asked(DesiredApp App, string? TraceParent);

    /// <summary>What is wanted of these apps; those that are no more are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, Asked>> Read(IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = await (from app in db.Apps.AsNoTracking()
                          join release in db.Releases.AsNoTracking() on new { AppId = app.Id, Number = app.Release } equals new { release.AppId, release.Number }
                          join project in db.Projects on app.ProjectId equals project.Id
                          where ids.Contains(app.Id)
                          select new { App = app, Release = release, Project = project.Name }).ToListAsync(cancel);
        return rows.ToDictionary(r => r.App.Id, r => new Asked(DesiredApp.From(r.Project, r.App, r.Release), r.App.TraceParent));
    }

    /// <summary>The ids of all apps, a page at a time.</summary>
    public async Task<IReadOnlyList<Guid>> AppsAfter(Guid? last, int count, CancellationToken cancel)
    {
        await using var command = source.CreateCommand("SELECT id FROM apps WHERE $1 IS NULL OR id > $1 ORDER BY id LIMIT $2");
        command.Parameters.Add(new() { Value = (object?)last ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = count });
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>Writes what is not there yet, and what became of the releases; in one transaction. Returns the keys that are new.</summary>
    public async Task<IReadOnlySet<(Guid AppId, string Key)>> Write(IReadOnlyList<Milestone> items, CancellationToken cancel)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var written = await Insert(connection, items, cancel);
        if (written.Count > 0)
        {
            var fresh = items.Where(i => written.Contains((i.AppId, i.Key))).ToList();
            await EndTraces(connection, [.. fresh.Where(i => i.Kind is TimelineKind.Ready)], cancel);
            await DeployNotes.Store(connection, await Conclude(connection, "ready_at", [.. fresh.Where(i => i.Kind is TimelineKind.Ready)], cancel), cancel);
            await DeployNotes.Store(connection, await Conclude(connection, "failed_at", [.. fresh.Where(i => i.Kind is TimelineKind.Failed)], cancel), cancel);
            await Prune(connection, [.. fresh.Where(i => i.Kind is TimelineKind.Crashed or TimelineKind.Ready).Select(i => i.AppId).Distinct()], cancel);
        }

        await transaction.CommitAsync(cancel);
        return written;
    }

    private static async Task<HashSet<(Guid AppId, string Key)>> Insert(NpgsqlConnection connection, IReadOnlyList<Milestone> items, CancellationToken cancel)
    {
        // Locking the apps in one order keeps two processes that write the same from waiting for each other; an app that was deleted
        // meanwhile is left out. What the cluster's clock puts before the request that led to it happened at that request's time.
        await using var command = new NpgsqlCommand(
            """
            WITH item AS (
                SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
                    WITH ORDINALITY AS i(app_id, release, kind, key, at, message, position)),
            app AS (
                SELECT id FROM apps WHERE id = ANY($1) ORDER BY id FOR KEY SHARE)
            INSERT INTO timeline (app_id, release, kind, key, at, message)
            SELECT item.app_id, item.release, item.kind, item.key,
                greatest(item.at, (SELECT max(t.at) FROM timeline t WHERE t.app_id = item.app_id AND t.release = item.release)), item.message
            FROM item JOIN app ON app.id = item.app_id
            ORDER BY item.position
            ON CONFLICT (app_id, key) DO NOTHING
            RETURNING app_id, key
            """, connection);
        command.Parameters.Add(new() { Value = items.Select(i => i.AppId).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.Release).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.Kind.ToString()).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.Key).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        // PostgreSQL's text cannot hold U+0000, and a program can write anything before it crashes.
        command.Parameters.Add(new() { Value = items.Select(i => i.Message.Replace('\0', ' ')).ToArray() });
        var written = new HashSet<(Guid, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            written.Add((reader.GetGuid(0), reader.GetString(1)));
        }

        return written;
    }

    // What was ready once may become ready again, and then no request led to it.
    private static async Task EndTraces(NpgsqlConnection connection, IReadOnlyList<Milestone> ready, CancellationToken cancel)
    {
        if (ready.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            UPDATE apps SET trace_parent = NULL FROM unnest($1::uuid[], $2::integer[]) AS i(app_id, release)
            WHERE apps.id = i.app_id AND apps.release = i.release AND apps.trace_parent IS NOT NULL
            """, connection);
        command.Add(ready.Select(i => i.AppId).ToArray(), ready.Select(i => i.Release).ToArray());
        await command.ExecuteNonQueryAsync(cancel);
    }

    // Answers what became of releases for the first time; that one fails that was ready once is no news of a deployment.
    private static async Task<IReadOnlyList<Milestone>> Conclude(NpgsqlConnection connection, string column, IReadOnlyList<Milestone> items, CancellationToken cancel)
    {
        if (items.Count == 0)
        {
            return [];
        }

        await using var command = new NpgsqlCommand(
            $"""
            UPDATE releases SET {column} = i.at
            FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) AS i(app_id, number, at)
            WHERE releases.app_id = i.app_id AND releases.number = i.number AND releases.{column} IS NULL
            RETURNING releases.app_id, releases.number, releases.ready_at IS NULL OR '{column}' = 'ready_at'
            """, connection);
        command.Parameters.Add(new() { Value = items.Select(i => i.AppId).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.Release).ToArray() });
        command.Parameters.Add(new() { Value = items.Select(i => i.At.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        var concluded = new HashSet<(Guid, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetBoolean(2))
            {
                concluded.Add((reader.GetGuid(0), reader.GetInt32(1)));
            }
        }

        return [.. items.Where(i => concluded.Contains((i.AppId, i.Release))).DistinctBy(i => (i.AppId, i.Release))];
    }

    private static async Task Prune(NpgsqlConnection connection, Guid[] apps, CancellationToken cancel)
    {
        if (apps.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            DELETE FROM timeline USING unnest($1::uuid[]) AS app(id)
            WHERE timeline.app_id = app.id AND (
                timeline.id <= (SELECT t.id FROM timeline t WHERE t.app_id = app.id ORDER BY t.id DESC OFFSET $3 LIMIT 1)
                OR (timeline.kind IN ('Crashed', 'Failed', 'Repaired')
                    AND timeline.id <= (SELECT t.id FROM timeline t WHERE t.app_id = app.id ORDER BY t.id DESC OFFSET $2 LIMIT 1)))
            """, connection);
        command.Parameters.Add(new() { Value = apps });
        command.Parameters.Add(new() { Value = Kept });
        command.Parameters.Add(new() { Value = KeptAtMost });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
