using Slipway.Contracts;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Metrics;

/// <summary>A chart as charts.js draws it. Times are milliseconds since 1970.</summary>
sealed record ChartData(
    long From, long Step, int Points, string Unit, IReadOnlyList<ChartData.Line> Series, IReadOnlyList<double?>? Limit, bool LimitShown, string LimitName,
    IReadOnlyList<ChartData.Mark> Marks)
{
    private const int Colors = 8;

    // A limit far above everything would leave a flat line at the foot of the chart: it is said in words then.
    private const double WorthShowing = 0.04;

    /// <param name="Color">Which colour of the palette.</param>
    public sealed record Line(string Name, int Color, IReadOnlyList<double?> Values, IReadOnlyList<double?>? Percent);

    /// <param name="Kind"><c>release</c> or <c>incident</c>.</param>
    public sealed record Mark(long At, string Kind, string Text);

    /// <param name="app">Whose chart it is; null: a project's.</param>
    public static ChartData Of(MetricsView view, MetricChart chart, string? app)
    {
        // One pod is the app: two lines on each other say nothing.
        var shown = app is not null && chart.Series.Count == 2 ? chart.Series.Take(1) : chart.Series;
        var lines = shown.Select((s, i) => new Line(Name(s, app), i % Colors, s.Values, s.Percent)).ToList();
        var limit = app is null ? null : chart.Series is [{ Pod: null, Limit: { } whole }, ..] && whole.Any(l => l is not null) ? whole : null;
        var highest = lines.SelectMany(l => l.Values).Max() ?? 0;
        return new(view.From.ToUnixTimeMilliseconds(), view.Step * 1000L, (int)((view.To - view.From).TotalSeconds / view.Step) + 1,
            System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(chart.Unit.ToString()), lines, limit,
            limit is not null && highest >= limit.Max() * WorthShowing, MetricWords.Limit(chart.Kind),
            [.. view.Marks.Where(m => m.At <= view.To).Select(m => new Mark(m.At.ToUnixTimeMilliseconds(), m.Kind is TimelineKind.Accepted ? "release" : "incident", app is null ? $"{m.App}: {m.Message}" : m.Message))]);
    }

    /// <summary>What a line is called.</summary>
    public static string Name(MetricSeries series, string? app) =>
        series.Pod is { } pod ? PodNames.Short(app ?? "", pod) : app is not null ? "all replicas" : series.App ?? "all others";
}
