using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>Something to tell.</summary>
/// <param name="Key">The same whoever sees it, and how often: see <see cref="NotificationRow.Key"/>.</param>
/// <param name="State">See <see cref="WebhookMessage.State"/>.</param>
sealed record Note(Guid ProjectId, string Key, NotifiedEvent Event, string State, string? App, string? Rule, string Title, string Text, DateTimeOffset At);

/// <summary>
/// Stores what is to be told, in the transaction of what it tells about: both are there or neither. A message is stored for each channel
/// that the project has for it at that moment.
/// </summary>
static class Outbox
{
    private const string Sql =
        """
        WITH note AS (
            INSERT INTO notifications (id, project_id, key, event, state, app, rule, title, text, at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
            WHERE EXISTS (SELECT FROM notification_channels WHERE project_id = $2 AND enabled AND $4 = ANY(events))
            ON CONFLICT (project_id, key) DO NOTHING
            RETURNING id)
        INSERT INTO notification_deliveries (notification_id, channel_id, state, due_at, attempts, asked_at)
        SELECT note.id, channel.id, 'Waiting', now(), 0, now()
        FROM note JOIN notification_channels AS channel ON channel.project_id = $2 AND channel.enabled AND $4 = ANY(channel.events)
        """;

    /// <summary>In the transaction that <paramref name="connection"/> has open.</summary>
    public static async Task Store(NpgsqlConnection connection, Note note, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Add(Guid.CreateVersion7(note.At), note.ProjectId, note.Key, note.Event.ToString(), note.State, note.App, note.Rule, Plain(note.Title), Plain(note.Text), note.At.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>In the transaction that <paramref name="db"/> has open.</summary>
    public static async Task Store(SlipwayDb db, Note note, CancellationToken cancel)
    {
        if (db.Database.CurrentTransaction is null)
        {
            throw new InvalidOperationException("What is told is stored in the transaction of what it tells about, and there is none.");
        }

        await Store((NpgsqlConnection)db.Database.GetDbConnection(), note, cancel);
    }

    // PostgreSQL's text cannot hold U+0000.
    private static string Plain(string text) => text.Replace('\0', ' ');
}
