using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>The dashboards for Grafana: what their panels ask for is there.</summary>
[Collection(nameof(MetricsTests))]
public sealed partial class DashboardTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Every_panel_asks_what_Prometheus_understands_and_about_metrics_that_there_are()
    {
        var stage = await MetricsStage.Set(Own);
        var project = await stage.User.NewProject("boards");
        await stage.User.Client.CreateApp(project, Small("shop"));
        await AppIs(stage.User.Client, project, "shop", Slipway.Contracts.AppState.Running);
        foreach (var name in new[] { "cluster", "project", "app" })
        {
            using var board = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(TestEnvironment.Repository, "deploy", "grafana", "dashboards", $"{name}.json")));
            Assert.Equal($"slipway-{name}", board.RootElement.GetProperty("uid").GetString());
            foreach (var expression in board.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!))
            {
                var filled = expression.Replace("$project", project, StringComparison.Ordinal).Replace("$app", "shop", StringComparison.Ordinal);
                Assert.DoesNotContain("$", filled, StringComparison.Ordinal);
                await stage.Monitoring.Query(filled);
                foreach (var metric in MetricName().Matches(filled).Select(m => m.Value))
                {
                    await Wait.Until($"series of {metric}, which {name}.json shows", async cancel => (await stage.Monitoring.Query($"count({metric})", cancel)).Count > 0);
                }
            }
        }
    }

    // Reconnects are only counted once there was one.
    [GeneratedRegex(@"\b(?!slipway_watch_reconnects)(?:slipway|http)[_:][a-z_:]+\b", RegexOptions.None, 1000)]
    private static partial Regex MetricName();
}
