using System.Text.Json;
using Npgsql;
using Slipway.Api.Accounts;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>Somebody who came with a session, the project of their request (null: there is none of that name), and their role in it (null: they are not in it).</summary>
sealed record Arrival(CurrentUser User, ProjectRow? Project, Role? Role);

/// <summary>
/// A question that an endpoint will surely ask, declared as its metadata, so that it goes to the database in the same round trip as the
/// question who is asking. What it finds is kept in the request and used only after the request was let in.
/// </summary>
abstract class AskedAhead
{
    /// <summary>The question; null where this request needs another one. It gives nothing to who is not a collaborator of the project.</summary>
    public abstract NpgsqlBatchCommand? Ask(HttpContext context, string project, Guid session);

    /// <summary>Reads the answer and keeps it in the request.</summary>
    public abstract Task Keep(HttpContext context, NpgsqlDataReader answer, CancellationToken cancel);
}

/// <summary>Finds out who comes with a session and what they are in the project, by one round trip to the database.</summary>
sealed class Arrivals(NpgsqlDataSource database)
{
    private const string Sql =
        """
        SELECT u.id, u.email, u.is_administrator, p.id, p.created_at, p.created_by, p.namespace_uid, p.quota, c.role
        FROM sessions AS s JOIN users AS u ON u.id = s.user_id
        LEFT JOIN projects AS p ON p.name = $2 AND p.deleted_at IS NULL AND p.namespace_uid IS NOT NULL
        LEFT JOIN collaborators AS c ON c.project_id = p.id AND c.user_id = u.id
        WHERE s.id = $1 AND s.expires_at > $3 AND u.disabled_at IS NULL
        """;

    /// <summary>Null where the session has ended or the account is disabled.</summary>
    public async Task<Arrival?> Of(HttpContext context, Endpoint endpoint, Guid session, string project, DateTimeOffset now)
    {
        var cancel = context.RequestAborted;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(Sql) { Parameters = { new() { Value = session }, new() { Value = project }, new() { Value = now.UtcDateTime } } });
        var ahead = endpoint.Metadata.GetMetadata<AskedAhead>();
        if (ahead?.Ask(context, project, session) is { } question)
        {
            batch.BatchCommands.Add(question);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var arrival = Read(reader, session, project);
        if (await reader.NextResultAsync(cancel))
        {
            await ahead!.Keep(context, reader, cancel);
        }

        return arrival;
    }

    private static Arrival Read(NpgsqlDataReader r, Guid session, string project) => new(
        new(r.GetGuid(0), r.GetString(1), r.GetBoolean(2), session, null),
        r.IsDBNull(3) ? null : new()
        {
            Id = r.GetGuid(3),
            Name = project,
            CreatedAt = r.GetFieldValue<DateTimeOffset>(4),
            CreatedBy = r.GetGuid(5),
            NamespaceUid = r.GetString(6),
            Quota = r.IsDBNull(7) ? null : JsonSerializer.Deserialize<ProjectQuota>(r.GetString(7), JsonSerializerOptions.Web),
        },
        r.IsDBNull(8) ? null : Enum.Parse<Role>(r.GetString(8)));
}
