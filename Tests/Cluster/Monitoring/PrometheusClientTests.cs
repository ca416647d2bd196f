using Slipway.Api.Monitoring;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Tests.Unit.Monitoring;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>What the API makes of the answers of a real Prometheus, which here computes a few series itself.</summary>
[Collection(nameof(MetricsTests))]
public sealed class PrometheusClientTests : IAsyncLifetime
{
    private const string Rules = """
        groups:
        - name: made up
          rules:
          - {record: "slipway:app_replicas_ready", expr: "vector(2)", labels: {project: demo, app: shop}}
          - {record: "slipway:app_replicas_ready", expr: "vector(7)", labels: {project: other, app: shop}}
          - {record: "slipway:app_replicas_wanted", expr: "vector(3)", labels: {project: demo, app: shop}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("slipway-prometheus-").FullName;
    private readonly Uri address = new($"http://127.0.0.1:{ChildProcess.FreePort()}");
    private ChildProcess? prometheus;

    [Fact]
    public async Task Series_come_with_a_value_for_each_point()
    {
        using var http = new HttpClient { BaseAddress = address };
        var client = new PrometheusClient(http);
        var chart = await Wait.For("a chart with a few points", async cancel =>
        {
            var window = MetricsWindow.Read("15m", "5s", DateTimeOffset.UtcNow, out _)!;
            var series = await client.Query(MetricExpressions.Of(MetricKind.Replicas, "demo", "shop", window.Step), window, cancel);
            return (Window: window, Chart: MetricCharts.OfApp(MetricKind.Replicas, "shop", new(series, null), window));
        }, c => c.Chart.Series is [var first] && first.Values.Count(v => v is not null) >= 2, describe: c => $"{c.Chart.Series.Count} series");
        Assert.Equal(chart.Window.Points, chart.Chart.Series[0].Values.Count);
        Assert.Equal((2.0, 3.0), (chart.Chart.Series[0].Values.OfType<double>().Distinct().Single(), chart.Chart.Series[0].Limit!.OfType<double>().Distinct().Single()));
        Assert.Null(chart.Chart.Series[0].Values[0]);

        // Every chart is an expression that Prometheus understands, whatever the names are.
        foreach (var kind in Enum.GetValues<MetricKind>())
        {
            foreach (var step in new[] { 15, 300 })
            {
                var window = MetricsWindow.Read("1d", "10m", DateTimeOffset.UtcNow, out _)!;
                foreach (var name in PromQlTests.Injections.Select(row => row.Data).Append("demo"))
                {
                    Assert.Empty(await client.Query(MetricExpressions.Of(kind, name, "no such app", TimeSpan.FromSeconds(step)), window, TestContext.Current.CancellationToken));
                }

                await client.Query(MetricExpressions.Of(kind, "demo", null, TimeSpan.FromSeconds(step)), window, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task What_refuses_is_told_from_what_is_gone()
    {
        using var http = new HttpClient { BaseAddress = address };
        var window = MetricsWindow.Read("15m", "5s", DateTimeOffset.UtcNow, out _)!;
        var tooMany = window with { To = window.From + (window.Step * 20_000) };
        var refused = await Assert.ThrowsAsync<PrometheusException>(() => new PrometheusClient(http).Query(PromQl.Series("up"), tooMany, TestContext.Current.CancellationToken));
        Assert.Equal(MetricsProblem.Refused, refused.Problem);

        await prometheus!.KillHard();
        var gone = await Assert.ThrowsAsync<PrometheusException>(() => new PrometheusClient(http).Query(PromQl.Series("up"), window, TestContext.Current.CancellationToken));
        Assert.Equal(MetricsProblem.Unreachable, gone.Problem);
    }

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "rules.yml"), Rules);
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, $"global: {{evaluation_interval: 1s}}\nrule_files: [{folder}/rules.yml]\n");
        prometheus = ChildProcess.Start("prometheus",
            ["prometheus", $"--config.file={configuration}", $"--web.listen-address={address.Authority}", $"--storage.tsdb.path={folder}/data"], new Dictionary<string, string?>());
        await prometheus.WaitFor(new(address, "/-/ready"), TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        if (prometheus is not null)
        {
            await prometheus.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
