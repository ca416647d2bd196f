using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>What the API says of apps that really use something, next to what the kernel says.</summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests(Platform platform) : PlatformTest(platform)
{
    private static readonly MetricsQuery Now = new("15m", "5s");

    [Fact]
    public async Task An_app_that_uses_a_core_and_memory_shows_it_within_half_a_minute_and_as_the_kernel_counts_it()
    {
        var stage = await Stage();
        var project = await stage.User.NewProject("burn");
        await stage.User.Client.CreateApp(project, Small("burn") with { Resources = new(1, 256) });
        var address = new Uri((await AppIs(stage.User.Client, project, "burn", AppState.Running)).Address!);
        var pod = await Cluster.ReadyPod(project, "burn");
        var cgroup = PodCgroup.Of(pod);
        await Wait.Until("the app to be measured", async cancel => Last(await stage.User.Client.Metrics(project, "burn", Now, cancel), MetricKind.Cpu) is not null);
        await using var kernel = CpuRecord.Of(cgroup);

        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(3) };
        var burning = http.GetAsync(new Uri(address, "/burn?ms=60000"));
        var holding = http.GetAsync(new Uri(address, "/alloc?mb=96&ms=75000"));
        var begin = DateTimeOffset.UtcNow;
        await Wait.For("CPU and memory as the kernel counts them", async cancel => (View: await stage.User.Client.Metrics(project, "burn", Now, cancel), Counted: await Counted(cancel)),
            seen => Last(seen.View, MetricKind.Cpu) is > 0.3 and var cores && seen.Counted.TakeLast(3).Any(i => i.From > begin && IsNear(cores, i.Cores)) && IsNear(Last(seen.View, MetricKind.Memory), cgroup.WorkingSet),
            TimeSpan.FromSeconds(30),
            seen => $"{Last(seen.View, MetricKind.Cpu)} cores, {Last(seen.View, MetricKind.Memory)} bytes; the kernel: {string.Join(", ", seen.Counted)}, {cgroup.WorkingSet} bytes");

        // And all the time, which no lucky moment can meet.
        await Wait.Until("twenty more seconds to be in the chart", async cancel => (await stage.User.Client.Metrics(project, "burn", Now, cancel)).To > begin.AddSeconds(40));
        var intervals = await Counted(default);
        var view = await stage.User.Client.Metrics(project, "burn", Now);
        var points = view.Charts.Single(c => c.Kind is MetricKind.Cpu).Series[0].Values
            .Select((cores, i) => (At: view.From.AddSeconds(i * view.Step), Cores: cores)).Where(p => p.At > begin.AddSeconds(15) && p.At <= begin.AddSeconds(40)).ToList();
        Assert.True(points.Count >= 4, $"{points.Count} points in 25 s");
        Assert.All(points, point => Assert.True(intervals.Any(i => i.To <= point.At && i.To > point.At.AddSeconds(-20) && IsNear(point.Cores, i.Cores)),
            $"{point} is not what the kernel counted: {string.Join(", ", intervals)}"));

        var whole = await stage.User.Client.Metrics(project, "burn", Now);
        Assert.Equal(["cadvisor"], whole.Sources);
        Assert.Null(whole.Trouble);
        var cpu = whole.Charts.Single(c => c.Kind is MetricKind.Cpu);
        Assert.Equal([null, (await Cluster.ReadyPod(project, "burn")).Metadata.Name], cpu.Series.Select(s => s.Pod));
        Assert.Equal(1, cpu.Series[0].Limit!.Last(l => l is not null));
        Assert.Equal(cpu.Series[0].Values.Last(v => v is not null)!.Value * 100, cpu.Series[0].Percent!.Last(p => p is not null)!.Value, 0.1);
        Assert.Equal(256 * 1048576, whole.Charts.Single(c => c.Kind is MetricKind.Memory).Series[0].Limit!.Last(l => l is not null));
        Assert.Equal(1, Last(whole, MetricKind.Replicas));
        Assert.NotNull(Last(whole, MetricKind.NetworkIn));

        var all = await stage.User.Client.Metrics(project, Now);
        Assert.Equal(["burn"], all.Charts.Single(c => c.Kind is MetricKind.Cpu).Series.Select(s => s.App));
        await burning;
        await holding;

        // The intervals between two measurements of the kubelet, of which each number of the chart is one, as the kernel counted them.
        async Task<IReadOnlyList<CpuInterval>> Counted(CancellationToken cancel)
        {
            var measured = await stage.Monitoring.Times($$"""container_cpu_usage_seconds_total{job="kubelet-cadvisor", namespace="{{project}}", pod="{{pod.Metadata.Name}}", container!="", container!="POD"}[2m]""", cancel);
            return [.. measured.Zip(measured.Skip(1)).Where(i => i.First > kernel.From && i.Second < kernel.To).Select(i => new CpuInterval(i.First, i.Second, kernel.Cores(i.First, i.Second)))];
        }
    }

    [Fact]
    public async Task Where_cAdvisor_cannot_tell_pods_apart_the_kubelet_is_asked_and_named()
    {
        var stage = await Stage(configuration => configuration.Replace("      # Of the hundred families",
            "      - {action: labeldrop, regex: pod|namespace|container}\n      # Of the hundred families", StringComparison.Ordinal));
        var project = await stage.User.NewProject("plain");
        await stage.User.Client.CreateApp(project, Small("shop"));
        await AppIs(stage.User.Client, project, "shop", AppState.Running);
        var view = await Wait.For("CPU and memory from the kubelet", cancel => stage.User.Client.Metrics(project, "shop", Now, cancel),
            v => Last(v, MetricKind.Cpu) is not null && Last(v, MetricKind.Memory) > 0);
        Assert.Equal(["resource"], view.Sources);
        Assert.Null(view.Trouble);
        Assert.Equal(MetricsProblem.NotMeasured, view.Charts.Single(c => c.Kind is MetricKind.NetworkIn).Trouble!.Problem);
    }

    [Fact]
    public async Task A_thousand_apps_are_one_query_for_each_chart()
    {
        var stage = await Stage();
        var project = await stage.User.NewProject("many");
        await stage.User.Client.CreateApp(project, Small("first") with { Stopped = true });
        await using (var command = stage.Database.Source.CreateCommand(
            """
            INSERT INTO apps (id, project_id, name, created_at, updated_at, release, stopped, generation, applied_generation)
                SELECT gen_random_uuid(), a.project_id, 'app-' || i, a.created_at, a.updated_at, 1, true, 1, 1 FROM apps a, generate_series(1, 1000) i WHERE a.name = 'first';
            INSERT INTO releases (app_id, number, spec, environment, author, reason, created_at)
                SELECT n.id, 1, r.spec, r.environment, r.author, r.reason, r.created_at FROM apps f JOIN releases r ON r.app_id = f.id, apps n WHERE f.name = 'first' AND n.name LIKE 'app-%';
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await Wait.Until("Prometheus to know all of them", async cancel => (await stage.Monitoring.Query($$"""count(slipway:app_replicas_ready{project="{{project}}"}) == 1001""", cancel)).Count > 0);
        await Wait.For("a chart of twenty apps and the others", cancel => stage.User.Client.Metrics(project, Now, cancel),
            v => v.Charts.Single(c => c.Kind is MetricKind.Replicas).Series.Count == 21, describe: v => $"{v.Charts.Single(c => c.Kind is MetricKind.Replicas).Series.Count} lines");
        var before = await stage.Monitoring.RangeQueries();
        var (view, other) = (await stage.User.Client.Metrics(project, new MetricsQuery("6h")), await stage.User.Client.Metrics(project, new MetricsQuery("6h")));
        // The second came in another window at most.
        var asked = await stage.Monitoring.RangeQueries() - before;
        var charts = Enum.GetValues<MetricKind>().Length;
        Assert.Equal(view.To == other.To ? charts : charts * 2, asked);
        Assert.Equal(101, (await stage.User.Client.SendTop(stage.User.Http, project, 100)).Charts.Single(c => c.Kind is MetricKind.Replicas).Series.Count);
    }

    [Fact]
    public async Task Links_open_and_show_this_app_alone()
    {
        var stage = await Stage(settings: new() { ["Grafana__Url"] = "https://grafana.example.com" });
        var project = await stage.User.NewProject("links");
        foreach (var name in new[] { "shop", "shop-2" })
        {
            await stage.User.Client.CreateApp(project, Small(name));
            await AppIs(stage.User.Client, project, name, AppState.Running);
        }

        var links = (await stage.User.Client.Links(project, "shop")).Links;
        Assert.Equal(3, links.Count(l => l.Program == "grafana"));
        foreach (var link in links.Where(l => l.Program == "prometheus"))
        {
            Assert.Equal(HttpStatusCode.OK, (await stage.Monitoring.Http.GetAsync(link.Url)).StatusCode);
            var series = await Wait.For($"{link.Expression} to have series", cancel => stage.Monitoring.Query(link.Expression!, cancel), all => all.Count > 0);
            Assert.All(series, s => Assert.Equal((project, "shop"), (s.Labels["project"], s.Labels["app"])));
        }
    }

    private static double? Last(MetricsView view, MetricKind kind) =>
        view.Charts.Single(c => c.Kind == kind).Series is [var first, ..] ? first.Values.LastOrDefault(v => v is not null) : null;

    private static bool IsNear(double? seen, double real) => seen is { } value && Math.Abs(value - real) <= real * 0.1;

    private Task<MetricsStage> Stage(Func<string, string>? change = null, Dictionary<string, string?>? settings = null) => MetricsStage.Set(Own, change, settings);
}
