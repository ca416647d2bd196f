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
        var (actor, email) = user is not null ? ((Guid?)user.Id, (string?)user.Email) : http.Features.Get<AuditedActor>() is { } known ? (known.Id, known.Email) : (null, null);
        var project = scope?.Project.Name ?? (http.Request.RouteValues["project"] is string named ? Problems.Shown(named) : null);
        // A project that was just made is what it is about, though the route does not name it yet.
        var isNew = action == ProjectMade && http.Response.StatusCode is StatusCodes.Status201Created;
        project = isNew ? Object(http) : project;
        await Insert(new()
        {
            At = time.GetUtcNow(),
            ActorId = actor,
            Actor = email,
            Token = user?.Token?.Name,
            Action = action,
            ProjectId = scope?.Project.Id,
            Project = project,
            Object = Object(http),
            Origin = http.Origin(),
            Status = http.Response.StatusCode,
        }, isNew);
    }

    /// <summary>Writes down what a request brought about beside what it is named for.</summary>
    internal Task Note(HttpContext http, string action, User actor, ProjectRow? project, string what) => Insert(new()
    {
        At = time.GetUtcNow(),
        ActorId = actor.Id,
        Actor = actor.Email,
        Action = action,
        ProjectId = project?.Id,
        Project = project?.Name,
        Object = what,
        Origin = http.Origin(),
        Status = StatusCodes.Status200OK,
    }, isNew: false);

    private async Task Insert(AuditRow row, bool isNew)
    {
        try
        {
            await using var command = database.CreateCommand(
                """
                INSERT INTO audit (at, actor_id, actor, token, action, project_id, project, object, origin, status)
                VALUES ($1, $2, $3, $4, $5, coalesce($6, (SELECT id FROM projects WHERE $11 AND name = $7)), $7, $8, $9, $10)
                """);
            command.AddAs(NpgsqlDbType.TimestampTz, row.At);
            command.AddAs(NpgsqlDbType.Uuid, row.ActorId);
            command.AddAs(NpgsqlDbType.Text, row.Actor);
            command.AddAs(NpgsqlDbType.Text, row.Token);
            command.AddAs(NpgsqlDbType.Text, row.Action);
            command.AddAs(NpgsqlDbType.Uuid, row.ProjectId);
            command.AddAs(NpgsqlDbType.Text, row.Project);
            command.AddAs(NpgsqlDbType.Text, row.Object);
            command.AddAs(NpgsqlDbType.Text, row.Origin);
            command.AddAs(NpgsqlDbType.Integer, row.Status);
            command.AddAs(NpgsqlDbType.Boolean, isNew);
            // Also for a client that has hung up by now.
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            logger.LogError(e, "The audit lacks an entry: {Action} by {Actor} answered {Status}", row.Action, row.ActorId, row.Status);
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
}

/// <summary>Who it is, where nobody is signed in yet.</summary>
sealed record AuditedActor(Guid? Id, string? Email);

/// <summary>How the audit gets to know of requests.</summary>
static class AuditExtensions
{
    /// <summary>Names the account that an anonymous request turned out to be about.</summary>
    public static void AuditedAs(this HttpContext http, User user) => http.Features.Set(new AuditedActor(user.Id, user.Email));

    /// <summary>Has an anonymous request written down though it is about no account: somebody tried what is worth knowing.</summary>
    public static void AuditedAsNobody(this HttpContext http) => http.Features.Set(new AuditedActor(null, null));

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
