using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The durable queue of what has to be brought into line: the table <c>work_items</c>.</summary>
public sealed partial class WorkQueue
{
    /// <summary>PostgreSQL's NOTIFY channel that wakes the workers.</summary>
    public const string Channel = "slipway_work";

    /// <summary>
    /// Asks for the target to be brought into line, at once. Runs in the transaction that <paramref name="db"/> has open, so that what
    /// is wanted and the work for it are stored together or not at all; workers hear of it when it is committed. Whoever works on the
    /// target now keeps it, and it is worked on once more after that.
    /// </summary>
    public static Task Ask(SlipwayDb db, WorkTarget target, Guid id, CancellationToken cancel) =>
        Ask(db, target, id, TimeSpan.Zero, cancel);

    /// <summary>The same for later, by the database's clock.</summary>
    internal static async Task Ask(SlipwayDb db, WorkTarget target, Guid id, TimeSpan delay, CancellationToken cancel)
    {
        var (name, traceParent) = (target.ToString(), Activity.Current?.Id);
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH asked AS (
                INSERT INTO work_items AS item (target, target_id, generation, due_at, attempts, trace_parent)
                VALUES ({name}, {id}, 1, now() + {delay}, 0, {traceParent})
                ON CONFLICT (target, target_id) DO UPDATE SET
                    generation = item.generation + 1,
                    due_at = excluded.due_at,
                    attempts = 0,
                    trace_parent = coalesce(excluded.trace_parent, item.trace_parent),
                    last_error = NULL
                RETURNING 1)
            SELECT pg_notify('slipway_work', '') FROM asked
            """, cancel);
    }
}
