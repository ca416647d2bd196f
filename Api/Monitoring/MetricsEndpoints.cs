using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>
/// The routes that show what apps use. Names in expressions come from the database's rows, never from the request: who asks about an app
/// that is not there, or not theirs, gets 404 before Prometheus is asked. What is wrong with Prometheus is part of a good answer.
/// </summary>
static class MetricsEndpoints
{
    private const int DefaultTop = 20, MostTop = 100;

    // A new pod's first numbers take a few rounds of scraping.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void MapMetricsOfApps(this IEndpointRouteBuilder routes)
    {
        var project = routes.MapGroup("/api/projects/{project}").WithTags("Monitoring");
        project.MapGet("metrics", OfProject).Needs(Permission.ViewProject).WithSummary("What the apps of the project used over a time");
        project.MapGet("apps/{app}/metrics", OfApp).Needs(Permission.ViewProject).WithSummary("What the app and its copies used over a time");
        project.MapGet("apps/{app}/links", Links).Needs(Permission.ViewProject).WithSummary("Where other programs show more of the app");
    }

    static async Task<Results<Ok<MetricsView>, ProblemHttpResult>> OfApp(string app, string? range, string? step, ProjectScope scope, SlipwayDb db,
        SharedQueries queries, ClusterState cluster, TimeProvider time, CancellationToken cancel)
    {
        if (MetricsWindow.Read(range, step, time.GetUtcNow(), out var error) is not { } window)
        {
            return Problems.BadField(error!.Value.Field, error.Value.Sentence);
        }

        if (await AppLookup.Find(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        var answers = await Ask(queries, scope.Project.Name, row.Name, window, cancel);
        var view = View(window, answers, [.. answers.Select(a => MetricCharts.OfApp(a.Kind, row.Name, a.Answer, window))],
            await Marks(db, db.Apps.Where(a => a.Id == row.Id), window, cancel));
        return TypedResults.Ok(MetricsGaps.Explain(view, window, RunningSince(cluster.Observe(row.Id), time.GetUtcNow())));
    }

    static async Task<Results<Ok<MetricsView>, ProblemHttpResult>> OfProject(string? range, string? step, string? top, ProjectScope scope, SlipwayDb db,
        SharedQueries queries, TimeProvider time, CancellationToken cancel)
    {
        if (MetricsWindow.Read(range, step, time.GetUtcNow(), out var error) is not { } window)
        {
            return Problems.BadField(error!.Value.Field, error.Value.Sentence);
        }

        var most = DefaultTop;
        if (top is not null && (!int.TryParse(top, out most) || most is < 1 or > MostTop))
        {
            return Problems.BadField("top", $"'top' is how many apps get a line of their own: 1 to {MostTop}.");
        }

        var answers = await Ask(queries, scope.Project.Name, null, window, cancel);
        return TypedResults.Ok(View(window, answers, [.. answers.Select(a => MetricCharts.OfProject(a.Kind, a.Answer, window, most))],
            await Marks(db, db.Apps.Where(a => a.ProjectId == scope.Project.Id), window, cancel)));
    }

    static async Task<Results<Ok<MetricsLinks>, ProblemHttpResult>> Links(string app, ProjectScope scope, SlipwayDb db,
        IOptions<PrometheusOptions> prometheus, IOptions<GrafanaOptions> grafana, CancellationToken cancel) =>
        await AppLookup.Find(db, scope.Project, app, cancel) is { } row
            ? TypedResults.Ok(new MetricsLinks(MetricsLinkList.Of(scope.Project.Name, row.Name, prometheus.Value, grafana.Value)))
            : Problems.NoSuchApp(app);

    private static async Task<(MetricKind Kind, Answered Answer)[]> Ask(
        SharedQueries queries, string project, string? app, MetricsWindow window, CancellationToken cancel)
    {
        var kinds = Enum.GetValues<MetricKind>();
        var answers = await Task.WhenAll(kinds.Select(kind => queries.Ask(MetricExpressions.Of(kind, project, app, window.Step), window, cancel)));
        return [.. kinds.Zip(answers)];
    }

    private static MetricsView View(MetricsWindow window, (MetricKind Kind, Answered Answer)[] answers, IReadOnlyList<MetricChart> charts, IReadOnlyList<MetricMark> marks) => new()
    {
        From = window.From,
        To = window.To,
        Step = (int)window.Step.TotalSeconds,
        Charts = charts,
        Sources = MetricCharts.Sources(answers.Select(a => a.Answer)),
        Marks = marks,
        Trouble = charts.All(c => c.Trouble is not null) ? charts[0].Trouble : null,
    };

    private static async Task<IReadOnlyList<MetricMark>> Marks(SlipwayDb db, IQueryable<AppRow> apps, MetricsWindow window, CancellationToken cancel)
    {
        var marks = await (from entry in db.Timeline.AsNoTracking()
                           join app in apps on entry.AppId equals app.Id
                           where entry.At >= window.From && (entry.Kind == TimelineKind.Accepted || entry.Kind == TimelineKind.Failed || entry.Kind == TimelineKind.Crashed)
                           orderby entry.At descending
                           select new MetricMark(entry.At, app.Name, entry.Release, entry.Kind, entry.Message)).Take(MetricsView.MostMarks).ToListAsync(cancel);
        marks.Reverse();
        return marks;
    }

    // Since when there is something that should be measured.
    private static DateTimeOffset? RunningSince(ObservedApp seen, DateTimeOffset now) => seen.Pods
        .Where(p => p is { Ready: true, DeletedAt: null }).Select(p => p.ReadyChangedAt).Where(at => at < now - Patience).Min();
}
