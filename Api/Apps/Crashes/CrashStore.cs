using System.IO.Compression;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Crashes;

/// <summary>A container that died, on its way into the database.</summary>
internal sealed record Crash(Guid AppId, int Release, string Pod, string PodUid, string Container, int Run, Cluster.Watching.ObservedEnd End, DateTimeOffset EndedAt, IReadOnlyList<LogLine> Lines);

/// <summary>The table <c>crashes</c>.</summary>
internal sealed class CrashStore(NpgsqlDataSource database)
{
    /// <summary>How many crashes of an app are kept, and how many bytes of log (compressed) of all of them together.</summary>
    public const int Kept = 50, KeptBytes = 1024 * 1024;

    /// <summary>The runs among these that are stored already.</summary>
    public async Task<IReadOnlySet<(string PodUid, string Container, int Run)>> Known(IReadOnlyCollection<string> podUids, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT pod_uid, container, run FROM crashes WHERE pod_uid = ANY($1)");
        command.Parameters.Add(new() { Value = podUids.ToArray() });
        var known = new HashSet<(string, string, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            known.Add((reader.GetString(0), reader.GetString(1), reader.GetInt32(2)));
        }

        return known;
    }

    /// <summary>Stores a crash, unless another process has, or the app is gone; and forgets what is more than an app may keep.</summary>
    public async Task Store(Crash crash, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var insert = new NpgsqlCommand(
            """
            INSERT INTO crashes (id, app_id, release, pod, pod_uid, container, run, exit_code, signal, reason, started_at, ended_at, lines, line_count)
            SELECT $1, app.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM apps AS app WHERE app.id = $2 FOR KEY SHARE
            ON CONFLICT (pod_uid, container, run) DO NOTHING
            """, connection))
        {
            var end = crash.End;
            Add(insert, NpgsqlDbType.Uuid, Guid.CreateVersion7(crash.EndedAt), crash.AppId);
            Add(insert, NpgsqlDbType.Integer, crash.Release);
            Add(insert, NpgsqlDbType.Text, crash.Pod, crash.PodUid, crash.Container);
            Add(insert, NpgsqlDbType.Integer, crash.Run, end.ExitCode, end.Signal);
            Add(insert, NpgsqlDbType.Text, end.Reason);
            Add(insert, NpgsqlDbType.TimestampTz, end.StartedAt?.UtcDateTime, crash.EndedAt.UtcDateTime);
            Add(insert, NpgsqlDbType.Bytea, [Pack(crash.Lines)]);
            Add(insert, NpgsqlDbType.Integer, crash.Lines.Count);
            if (await insert.ExecuteNonQueryAsync(cancel) == 0)
            {
                return;
            }
        }

        await using (var prune = new NpgsqlCommand(
            """
            DELETE FROM crashes USING (
                SELECT id, row_number() OVER newest AS position, sum(length(lines)) OVER newest AS bytes FROM crashes WHERE app_id = $1
                WINDOW newest AS (ORDER BY ended_at DESC, id DESC)) AS kept
            WHERE crashes.id = kept.id AND (kept.position > $2 OR (kept.bytes > $3 AND kept.position > 1))
            """, connection))
        {
            Add(prune, NpgsqlDbType.Uuid, crash.AppId);
            Add(prune, NpgsqlDbType.Integer, Kept, KeptBytes);
            await prune.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>The crashes of an app by the keys that the timeline has for them.</summary>
    public static async Task<IReadOnlyDictionary<string, Guid>> ByKey(SlipwayDb db, Guid app, IReadOnlyList<string> keys, CancellationToken cancel)
    {
        // crashed:{pod's uid}:{run}
        var pods = keys.Select(k => k.Split(':')).Where(k => k.Length == 3).Select(k => k[1]).Distinct().ToList();
        return pods.Count == 0 ? new Dictionary<string, Guid>()
            : (await db.Crashes.AsNoTracking().Where(c => c.AppId == app && pods.Contains(c.PodUid)).Select(c => new { c.Id, c.PodUid, c.Run }).ToListAsync(cancel))
                .DistinctBy(c => (c.PodUid, c.Run)).ToDictionary(c => Milestones.CrashKey(c.PodUid, c.Run), c => c.Id);
    }

    /// <summary>Lines as they are stored.</summary>
    public static byte[] Pack(IReadOnlyList<LogLine> lines)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, lines, SlipwayJson.Options);
        }

        return packed.ToArray();
    }

    /// <summary>What <see cref="Pack"/> made.</summary>
    public static IReadOnlyList<LogLine> Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<IReadOnlyList<LogLine>>(brotli, SlipwayJson.Options)!;
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, params object?[] values)
    {
        foreach (var value in values)
        {
            command.AddAs(type, value);
        }
    }
}
