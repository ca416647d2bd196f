using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>A work item that this process works on, and nobody else.</summary>
/// <param name="Generation">What was asked for when it was claimed; it may have been asked for again since.</param>
/// <param name="Attempts">How many attempts failed before this one.</param>
/// <param name="Token">Proof of the claim: changes of the row name it, so that a claim that was lost changes nothing.</param>
internal sealed record Claim(WorkTarget Target, Guid TargetId, long Generation, int Attempts, string? TraceParent, string Token);

/// <param name="Count">How many items wait or are worked on, by anybody.</param>
/// <param name="Wait">How long until the next one can be claimed; null where there is none.</param>
/// <param name="Overdue">For how long the one that waits longest could have been claimed.</param>
internal sealed record QueueState(long Count, TimeSpan? Wait, TimeSpan Overdue);

/// <summary>
/// The instance's part of the queue: claims are leases that are renewed while the work goes on. All times are the database's, so that
/// the clocks of two machines need not agree. A claim ends early when its process is seen to be gone: every process holds an
/// advisory lock with its number for as long as it lives.
/// </summary>
public sealed partial class WorkQueue(NpgsqlDataSource database)
{
    /// <summary>The first number of the advisory locks; the second is the instance's.</summary>
    public const int PresenceClass = 0x51_1b_00;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly string prefix = $"{Random.Shared.Next(1, int.MaxValue):x8}";
    private long claims;

    /// <summary>This process' number in claims and in its advisory lock.</summary>
    internal int Instance => Convert.ToInt32(prefix, 16);

    /// <summary>Claims up to <paramref name="most"/> items that are due.</summary>
    internal async Task<IReadOnlyList<Claim>> Take(int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            WITH due AS MATERIALIZED (
                SELECT target, target_id FROM work_items
                WHERE due_at <= now() AND (lease_until IS NULL OR lease_until < now())
                ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
            UPDATE work_items AS item SET claimed_by = $2 || '/' || item.target_id, lease_until = now() + $3
            FROM due WHERE item.target = due.target AND item.target_id = due.target_id
            RETURNING item.target, item.target_id, item.generation, item.attempts, item.trace_parent, item.claimed_by
            """);
        command.Add(most, $"{prefix}/{Interlocked.Increment(ref claims)}", Lease);
        var taken = new List<Claim>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            taken.Add(new(Enum.Parse<WorkTarget>(rows.GetString(0)), rows.GetGuid(1), rows.GetInt64(2), rows.GetInt32(3),
                await rows.IsDBNullAsync(4, cancel) ? null : rows.GetString(4), rows.GetString(5)));
        }

        return taken;
    }

    /// <summary>Renews leases and answers the tokens of those that were still held.</summary>
    internal async Task<IReadOnlySet<string>> Renew(IReadOnlyCollection<string> tokens, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "UPDATE work_items SET lease_until = now() + $1 WHERE claimed_by = ANY($2) RETURNING claimed_by");
        command.Add(Lease, tokens.ToArray());
        var held = new HashSet<string>();
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            held.Add(rows.GetString(0));
        }

        return held;
    }

    /// <summary>Done: the item goes, or, if it was asked for again meanwhile, stays due.</summary>
    internal Task Complete(Claim claim, CancellationToken cancel) => Execute(
        """
        WITH done AS (DELETE FROM work_items WHERE claimed_by = $1 AND generation = $2 RETURNING 1)
        UPDATE work_items SET claimed_by = NULL, lease_until = NULL, attempts = 0, last_error = NULL
        WHERE claimed_by = $1 AND NOT EXISTS (SELECT FROM done)
        """, cancel, claim.Token, claim.Generation);

    /// <summary>Not done: it is due again after <paramref name="delay"/>, or at once if it was asked for again meanwhile.</summary>
    /// <param name="error">What went wrong; null where nothing did, and it only takes time.</param>
    internal Task Postpone(Claim claim, TimeSpan delay, string? error, CancellationToken cancel) => Execute(
        """
        UPDATE work_items SET claimed_by = NULL, lease_until = NULL,
            due_at = CASE WHEN generation = $2 THEN now() + $3 ELSE due_at END,
            attempts = CASE WHEN generation <> $2 OR $4 IS NULL THEN 0 ELSE attempts + 1 END,
            last_error = $4
        WHERE claimed_by = $1
        """, cancel, claim.Token, claim.Generation, delay, error);

    /// <summary>Gives a claim back as it was.</summary>
    internal Task Release(Claim claim, CancellationToken cancel) =>
        Execute("UPDATE work_items SET claimed_by = NULL, lease_until = NULL WHERE claimed_by = $1", cancel, claim.Token);

    /// <summary>
    /// Ends the claims of processes that are gone. A claim of the last two seconds is left alone: its process' lock may be newer than what
    /// this statement sees.
    /// </summary>
    internal Task<int> ReleaseOfTheDead(CancellationToken cancel) => Execute(
        """
        UPDATE work_items SET claimed_by = NULL, lease_until = NULL
        WHERE claimed_by IS NOT NULL AND lease_until < now() + $1 AND left(claimed_by, 8) NOT IN (
            SELECT lpad(to_hex(objid::bigint), 8, '0') FROM pg_locks
            WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = $2
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """, cancel, Lease - TimeSpan.FromSeconds(2), (long)PresenceClass);

    /// <summary>Makes a waiting item due now, without counting it as asked for again.</summary>
    internal Task Hasten(IReadOnlyCollection<Guid> targets, CancellationToken cancel) => Execute(
        """
        WITH hastened AS (UPDATE work_items SET due_at = now() WHERE target_id = ANY($1) AND due_at > now() RETURNING 1)
        SELECT pg_notify('slipway_work', '') FROM hastened LIMIT 1
        """, cancel, targets.ToArray());

    /// <summary>How much waits, and for how long.</summary>
    internal async Task<QueueState> State(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            SELECT count(*), min(greatest(due_at, lease_until)) - now(),
                coalesce(max(now() - greatest(due_at, lease_until)) FILTER (WHERE greatest(due_at, lease_until) < now()), '0')
            FROM work_items
            """);
        await using var rows = await command.ExecuteReaderAsync(cancel);
        await rows.ReadAsync(cancel);
        return new(rows.GetInt64(0), await rows.IsDBNullAsync(1, cancel) ? null : rows.GetTimeSpan(1), rows.GetTimeSpan(2));
    }

    private async Task<int> Execute(string sql, CancellationToken cancel, params object?[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Add(values);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
