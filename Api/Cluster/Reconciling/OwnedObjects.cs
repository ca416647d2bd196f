using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The table <c>owned_objects</c>: what Slipway created, by uid.</summary>
internal static class OwnedObjects
{
    /// <summary>
    /// The stored fingerprint also says with which settings an object was rendered, so that those that an older version rendered, or the
    /// same with other settings, are found without rendering all of them.
    /// </summary>
    public static string Stored(string fingerprint, string signature) => $"{fingerprint}.{signature}";

    /// <summary>Whether an object that looks like <paramref name="fingerprint"/> is as it was written.</summary>
    public static bool Matches(string stored, string fingerprint) =>
        stored.Length > fingerprint.Length && stored.StartsWith(fingerprint, StringComparison.Ordinal) && stored[fingerprint.Length] == '.';

    /// <summary>Whether an object was rendered with these settings.</summary>
    public static bool RenderedWith(string stored, string signature) => stored.EndsWith('.' + signature, StringComparison.Ordinal);

    /// <summary>Records what was written.</summary>
    public static void Record(NpgsqlBatch batch, Guid owner, WrittenObject written, string signature) => Record(batch, new OwnedObjectRow
    {
        OwnerId = owner,
        Kind = written.Address.Kind.Name,
        Name = written.Address.Name,
        Uid = written.Uid,
        Fingerprint = Stored(written.Fingerprint, signature),
    });

    /// <summary>Records an object, in the place of another one with its name.</summary>
    public static void Record(NpgsqlBatch batch, OwnedObjectRow row) => Add(batch,
        """
        INSERT INTO owned_objects (owner_id, kind, name, uid, fingerprint) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (owner_id, kind, name) DO UPDATE SET uid = excluded.uid, fingerprint = excluded.fingerprint
        """, row.OwnerId, row.Kind, row.Name, row.Uid, row.Fingerprint);

    /// <summary>Forgets an object that is gone.</summary>
    public static void Forget(NpgsqlBatch batch, OwnedObjectRow row) => Add(batch,
        "DELETE FROM owned_objects WHERE owner_id = $1 AND kind = $2 AND name = $3 AND uid = $4", row.OwnerId, row.Kind, row.Name, row.Uid);

    /// <summary>Adds a statement to a batch, which PostgreSQL runs as one transaction and one round trip.</summary>
    public static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }
}
