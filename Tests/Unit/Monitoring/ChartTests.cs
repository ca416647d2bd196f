using Slipway.Api.Monitoring;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Monitoring;

public sealed class ChartTests
{
    private const double No = double.NaN;

    private static readonly MetricsWindow Window = new(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(45), TimeSpan.FromSeconds(15));

    [Fact]
    public void An_app_comes_with_its_pods_and_in_percent_of_its_limits()
    {
        var chart = MetricCharts.OfApp(MetricKind.Cpu, "shop", Answer(
            Line("use", null, [No, 0.5, No, No], "resource"), Line("use", null, [No, No, 1, 1.00000123], "cadvisor"), Line("pod", "b", [No, 0.25, 0.5, 0.5]),
            Line("limit", null, [2, 2, 2, 0]), Line("replicaLimit", null, [1, 1, 1, 1])), Window);
        Assert.Equal((MetricUnit.Cores, null, 2), (chart.Unit, chart.Trouble, chart.Series.Count));
        Assert.Equal([null, 0.5, 1, 1], chart.Series[0].Values);
        Assert.Equal([null, 25, 50, null], chart.Series[0].Percent);
        Assert.Equal(("b", 25.0), (chart.Series[1].Pod, chart.Series[1].Percent![1]));
        Assert.Equal(Window.To, MetricCharts.LastKnown(chart, Window));
    }

    [Fact]
    public void The_source_is_that_of_the_newest_numbers()
    {
        var young = Answer(Line("use", null, [No, 0.5, No, No], "resource"), Line("use", null, [No, No, 1, 1], "cadvisor"), Line("limit", null, [2, 2, 2, 2]));
        Assert.Equal(["cadvisor"], MetricCharts.Sources([young, Answer()]));
        Assert.Equal(["cadvisor", "resource"], MetricCharts.Sources([young, Answer(Line("use", null, [No, 1, 1, No], "resource"))]));
        Assert.Empty(MetricCharts.Sources([Answer(Line("use", null, [No, No, No, No], "resource"))]));
    }

    [Fact]
    public void Restarts_are_counted_from_point_to_point()
    {
        // Three before anybody looked, a pod that is gone, a new one that has crashed twice already, and a gap.
        var chart = MetricCharts.OfApp(MetricKind.Restarts, "shop", Answer(Line("pod", "old", [3, 4, No, No]), Line("pod", "new", [No, No, 2, 5])), Window);
        Assert.Equal([0, 1, 2, 3], chart.Series[0].Values);
        Assert.Equal([null, null, 2, 3], chart.Series[1].Values);
        Assert.Null(chart.Series[0].Percent);
    }

    [Fact]
    public void A_project_shows_the_apps_that_use_most_and_the_rest_as_one()
    {
        var chart = MetricCharts.OfProject(MetricKind.Memory, Answer(Line("use", null, [1, 1, 1, 1], app: "small"), Line("use", null, [9, 9, 9, 9], app: "b"),
            Line("use", null, [8, 8, 8, 8], app: "a"), Line("use", null, [2, No, 2, 2], app: "little"), Line("limit", null, [16, 16, 16, 16], app: "a")), Window, top: 2);
        Assert.Equal(["a", "b", null], chart.Series.Select(s => s.App));
        Assert.Equal([3, 1, 3, 3], chart.Series[2].Values);
        Assert.Equal(50, chart.Series[0].Percent![0]);
    }

    [Fact]
    public void An_empty_chart_of_what_runs_says_why_and_since_when()
    {
        var empty = View([]);
        var since = Window.From.AddSeconds(20);
        var said = MetricsGaps.Explain(empty, Window, since);
        Assert.Equal((MetricsProblem.NoData, since), (said.Trouble!.Problem, said.Trouble.Since!.Value));
        Assert.Null(MetricsGaps.Explain(empty, Window, running: null).Trouble);

        var apart = MetricsGaps.Explain(View(["resource"], Answer(Line("use", null, [1, 1, 1, 1]))), Window, since);
        Assert.Null(apart.Trouble);
        Assert.Equal(MetricsProblem.NotMeasured, apart.Charts.Single(c => c.Kind is MetricKind.NetworkIn).Trouble!.Problem);

        var silent = View(["cadvisor"], Answer(Line("use", null, [1, 1, 1, 1])));
        Assert.Null(MetricsGaps.Explain(silent, Window, since).Charts.Single(c => c.Kind is MetricKind.NetworkOut).Trouble);
        Assert.Equal(MetricsProblem.NotMeasured, MetricsGaps.Explain(silent, Window, Window.To.AddMinutes(-3)).Charts.Single(c => c.Kind is MetricKind.NetworkOut).Trouble!.Problem);
    }

    [Fact]
    public void Links_have_the_app_filled_in_and_go_where_people_can()
    {
        Assert.Empty(MetricsLinkList.Of("demo", "shop", new(), new()));
        var links = MetricsLinkList.Of("demo", "shop", new() { Url = "http://inside:9090/", PublicUrl = "https://graphs.example.com/" }, new() { Url = "https://grafana.example.com" });
        Assert.All(links.Where(l => l.Program == "prometheus"), l => Assert.StartsWith("https://graphs.example.com/graph?g0.expr=slipway", l.Url, StringComparison.Ordinal));
        Assert.All(links.Where(l => l.Expression is not null), l => Assert.Contains("""{project="demo",app="shop"}""", l.Expression, StringComparison.Ordinal));
        Assert.Contains(links, l => l.Url == "https://grafana.example.com/d/slipway-app/slipway-app?var-project=demo&var-app=shop");
    }

    private static MetricsView View(IReadOnlyList<string> sources, Answered? cpu = null) => new()
    {
        From = Window.From,
        To = Window.To,
        Step = 15,
        Sources = sources,
        Charts = [.. Enum.GetValues<MetricKind>().Select(kind => MetricCharts.OfApp(kind, "shop", kind is MetricKind.Cpu && cpu is not null ? cpu : Answer(), Window))],
    };

    private static Answered Answer(params RangeSeries[] series) => new(series, null);

    private static RangeSeries Line(string part, string? pod, double[] values, string? source = null, string app = "shop")
    {
        var labels = new Dictionary<string, string> { ["app"] = app, ["part"] = part };
        _ = pod is not null && labels.TryAdd("pod", pod);
        _ = source is not null && labels.TryAdd("source", source);
        return new(labels, values);
    }
}
