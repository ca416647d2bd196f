using System.Globalization;
using Npgsql;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;

namespace Slipway.Api.Apps;

/// <summary>A page of a project's apps by name, and how many apps the project has.</summary>
sealed record AppPage(PageParameters Parameters, IReadOnlyList<AppRow> Apps, int Total)
{
    /// <summary>Asks for the page that a request without search and order is about.</summary>
    public sealed class Ahead : AskedAhead
    {
        private const string Sql =
            """
            WITH allowed AS MATERIALIZED (
                SELECT p.id, (SELECT count(*)::integer FROM apps WHERE project_id = p.id) AS total
                FROM sessions AS s JOIN collaborators AS c ON c.user_id = s.user_id JOIN projects AS p ON p.id = c.project_id
                WHERE s.id = $2 AND p.name = $1)
            SELECT a.id, a.project_id, a.name, a.created_at, a.updated_at, a.release, a.stopped, a.restarted_at, a.deleted_at, a.generation,
                a.applied_generation, a.problem_reason, a.problem_detail, allowed.total
            FROM allowed CROSS JOIN LATERAL (SELECT * FROM apps WHERE project_id = allowed.id ORDER BY name LIMIT $3 OFFSET $4) AS a
            ORDER BY a.name
            """;

        public override NpgsqlBatchCommand? Ask(HttpContext context, string project, Guid session) => Parameters(context.Request.Query) is { } page
            ? new(Sql) { Parameters = { new() { Value = project }, new() { Value = session }, new() { Value = page.Take }, new() { Value = page.Skip } } }
            : null;

        public override async Task Keep(HttpContext context, NpgsqlDataReader answer, CancellationToken cancel)
        {
            var (apps, total) = (new List<AppRow>(), 0);
            while (await answer.ReadAsync(cancel))
            {
                apps.Add(Read(answer));
                total = answer.GetInt32(13);
            }

            context.Features.Set(new AppPage(Parameters(context.Request.Query)!.Value, apps, total));
        }

        // Null where they are others than these two, or wrong: that is for the endpoint to say.
        private static PageParameters? Parameters(IQueryCollection query) =>
            query.Keys.All(k => k is "limit" or "offset") && Number(query, "limit", out var limit) && Number(query, "offset", out var offset)
            && new PageParameters(offset, limit, null, null) is var page && page.Refuse() is null
                ? page
                : null;

        private static bool Number(IQueryCollection query, string name, out int? number)
        {
            var isNumber = int.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value);
            number = isNumber ? value : null;
            return isNumber || !query.ContainsKey(name);
        }

        private static AppRow Read(NpgsqlDataReader r) => new()
        {
            Id = r.GetGuid(0),
            ProjectId = r.GetGuid(1),
            Name = r.GetString(2),
            CreatedAt = r.GetFieldValue<DateTimeOffset>(3),
            UpdatedAt = r.GetFieldValue<DateTimeOffset>(4),
            Release = r.GetInt32(5),
            Stopped = r.GetBoolean(6),
            RestartedAt = r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7),
            DeletedAt = r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8),
            Generation = r.GetInt64(9),
            AppliedGeneration = r.GetInt64(10),
            ProblemReason = r.IsDBNull(11) ? null : r.GetString(11),
            ProblemDetail = r.IsDBNull(12) ? null : r.GetString(12),
        };
    }
}
