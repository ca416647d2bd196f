using Npgsql;
using NpgsqlTypes;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;

namespace Slipway.Api.Audit;

/// <summary>
/// Writes down every request that changes something, or tried to: who, what, when, from where, with which result. It takes what it
/// writes from the route, never from a body, so that no secret can get in.
/// </summary>
public sealed class AuditTrail(NpgsqlDataSource database, TimeProvider time, ILogger<AuditTrail> logger)
{
    /// <summary>The action that makes a project.</summary>
    public const string ProjectMade = "project.create";

    private static readonly string[] NotNames = ["project"];

    internal async Task Write(HttpContext http, string action)
    {
        var (scope, user) = (http.Features.Get<ProjectScope>(), http.Features.Get<CurrentUser>());
        var (actor, email) = user is not null ? (user.Id, user.Email) : http.Features.Get<AuditedActor>() is { } known ? (known.Id, known.Email) : ((Guid?)null, (string?)null);
        var project = scope?.Project.Name ?? (http.Request.RouteValues["project"] is string named ? Problems.Shown(named) : null);
        // A project that was just made is what it is about, though the route does not name it yet.
        var isNew = action == ProjectMade && http.Response.StatusCode is StatusCodes.Status201Created;
        project = isNew ? Object(http) : project;
        try
        {
            await using var command = database.CreateCommand(
                """
                INSERT INTO audit (at, actor_id, actor, token, action, project_id, project, object, origin, status)
                VALUES ($1, $2, $3, $4, $5, coalesce($6, (SELECT id FROM projects WHERE $11 AND name = $7)), $7, $8, $9, $10)
                """);
            Add(command, NpgsqlDbType.TimestampTz, time.GetUtcNow());
            Add(command, NpgsqlDbType.Uuid, actor);
            Add(command, NpgsqlDbType.Text, email);
            Add(command, NpgsqlDbType.Text, user?.Token?.Name);
            Add(command, NpgsqlDbType.Text, action);
            Add(command, NpgsqlDbType.Uuid, scope?.Project.Id);
            Add(command, NpgsqlDbType.Text, project);
            Add(command, NpgsqlDbType.Text, Object(http));
            Add(command, NpgsqlDbType.Text, http.Origin());
            Add(command, NpgsqlDbType.Integer, http.Response.StatusCode);
            Add(command, NpgsqlDbType.Boolean, isNew);
            // Also for a client that has hung up by now.
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            logger.LogError(e, "The audit lacks an entry: {Action} by {Actor} answered {Status}", action, actor, http.Response.StatusCode);
        }
    }

    /// <summary>What the route names, or what was created.</summary>
    private static string? Object(HttpContext http)
    {
        if (http.Response.StatusCode is StatusCodes.Status201Created && http.Response.Headers.Location.ToString() is { Length: > 0 } location)
        {
            return Uri.UnescapeDataString(location[(location.LastIndexOf('/') + 1)..]);
        }

        var names = http.Request.RouteValues.Where(v => !NotNames.Contains(v.Key)).OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => v.Value).OfType<string>().Select(Problems.Shown).ToList();
        return names.Count == 0 ? null : string.Join('/', names);
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new() { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}

/// <summary>Who it is, where nobody is signed in yet.</summary>
sealed record AuditedActor(Guid Id, string? Email);

/// <summary>How the audit gets to know of requests.</summary>
static class AuditExtensions
{
    /// <summary>Names the account that an anonymous request turned out to be about.</summary>
    public static void AuditedAs(this HttpContext http, User user) => http.Features.Set(new AuditedActor(user.Id, user.Email));

    /// <summary>Writes entries for requests that got an answer; what has no name (<see cref="AuditedAction"/>) changes nothing.</summary>
    public static void UseAudit(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AuditedAction>() is not { } action)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            // Who has shown nothing to go by is only counted by the rate limits: an audit that strangers can fill is of no use.
            if (context.Features.Get<CurrentUser>() is not null || context.Features.Get<AuditedActor>() is not null)
            {
                await context.RequestServices.GetRequiredService<AuditTrail>().Write(context, action.Name);
            }
        }
    });
}
