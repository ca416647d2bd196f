using Npgsql;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>A message that this process sends, and nobody else.</summary>
/// <param name="Token">Proof of the claim: who has lost it changes nothing.</param>
/// <param name="Age">How long ago it was asked for.</param>
sealed record DeliveryClaim(
    long Id, Guid Token, int Attempts, TimeSpan Age, Guid ChannelId, ChannelKind Kind, string Target, byte[] Secret, Guid Note, NotifiedEvent Event, string State,
    string Project, string? App, string? Rule, string Title, string Text, DateTimeOffset At);

/// <summary>
/// The table <c>notification_deliveries</c> as a queue. A claim is a lease that is longer than any try to send takes; all times are the
/// database's. Of each channel only the oldest waiting message can be claimed: what was told first arrives first, and a receiver that
/// is away is asked by one message at a time.
/// </summary>
sealed class DeliveryQueue(NpgsqlDataSource database)
{
    /// <summary>The longest that a try may take, and how long a claim holds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), Lease = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<DeliveryClaim>> Take(int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            WITH due AS MATERIALIZED (
                SELECT d.id FROM notification_deliveries d
                WHERE d.state = 'Waiting' AND d.due_at <= now() AND (d.lease_until IS NULL OR d.lease_until < now())
                    AND NOT EXISTS (SELECT FROM notification_deliveries o WHERE o.channel_id = d.channel_id AND o.state = 'Waiting' AND o.id < d.id)
                ORDER BY d.id LIMIT $1 FOR UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE notification_deliveries d SET claimed_by = gen_random_uuid(), lease_until = now() + $2
                FROM due WHERE d.id = due.id
                RETURNING d.*)
            SELECT d.id, d.claimed_by, d.attempts, now() - d.asked_at, c.id, c.kind, c.target, c.secret, n.id, n.event, n.state, p.name, n.app, n.rule, n.title, n.text, n.at
            FROM claimed d JOIN notification_channels c ON c.id = d.channel_id JOIN notifications n ON n.id = d.notification_id JOIN projects p ON p.id = n.project_id
            """);
        command.Add(most, Lease);
        var taken = new List<DeliveryClaim>();
        await using var r = await command.ExecuteReaderAsync(cancel);
        while (await r.ReadAsync(cancel))
        {
            taken.Add(new(r.GetInt64(0), r.GetGuid(1), r.GetInt32(2), r.GetTimeSpan(3), r.GetGuid(4), Enum.Parse<ChannelKind>(r.GetString(5)), r.GetString(6), r.GetFieldValue<byte[]>(7),
                r.GetGuid(8), Enum.Parse<NotifiedEvent>(r.GetString(9)), r.GetString(10), r.GetString(11),
                await r.IsDBNullAsync(12, cancel) ? null : r.GetString(12), await r.IsDBNullAsync(13, cancel) ? null : r.GetString(13),
                r.GetString(14), r.GetString(15), r.GetFieldValue<DateTimeOffset>(16)));
        }

        return taken;
    }

    /// <summary>The other side has it.</summary>
    public Task Sent(DeliveryClaim claim, CancellationToken cancel) => Execute(
        """
        WITH sent AS (
            UPDATE notification_deliveries SET state = 'Sent', ended_at = now(), claimed_by = NULL, lease_until = NULL, error = NULL
            WHERE id = $1 AND claimed_by = $2 RETURNING channel_id)
        UPDATE notification_channels SET last_sent_at = now() FROM sent WHERE id = sent.channel_id
        """, cancel, claim.Id, claim.Token);

    /// <summary>It does not have it, and is asked again after <paramref name="delay"/>.</summary>
    public Task Postpone(DeliveryClaim claim, TimeSpan delay, string error, CancellationToken cancel) => Execute(
        """
        UPDATE notification_deliveries SET due_at = now() + $4, attempts = attempts + 1, error = $3, claimed_by = NULL, lease_until = NULL
        WHERE id = $1 AND claimed_by = $2
        """, cancel, claim.Id, claim.Token, error, delay);

    /// <summary>It is given up.</summary>
    public Task Bury(DeliveryClaim claim, string error, CancellationToken cancel) => Execute(
        """
        UPDATE notification_deliveries SET state = 'Dead', ended_at = now(), attempts = attempts + 1, error = $3, claimed_by = NULL, lease_until = NULL
        WHERE id = $1 AND claimed_by = $2
        """, cancel, claim.Id, claim.Token, error);

    /// <summary>Forgets what was sent more than a week ago, and what was given up more than a month ago.</summary>
    public Task Prune(CancellationToken cancel) => Execute(
        """
        WITH old AS (
            DELETE FROM notification_deliveries
            WHERE (state = 'Sent' AND ended_at < now() - interval '7 days') OR (state = 'Dead' AND ended_at < now() - interval '30 days'))
        DELETE FROM notifications n WHERE n.at < now() - interval '31 days' AND NOT EXISTS (SELECT FROM notification_deliveries d WHERE d.notification_id = n.id)
        """, cancel);

    private async Task Execute(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.Add(values);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
