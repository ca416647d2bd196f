using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>Links into Prometheus and Grafana with an app filled in. Pure.</summary>
public static class MetricsLinkList
{
    /// <summary>Those that the settings allow; empty where they name neither program.</summary>
    public static IReadOnlyList<MetricsLink> Of(string project, string app, PrometheusOptions prometheus, GrafanaOptions grafana)
    {
        var links = new List<MetricsLink>();
        if (FirstOf(prometheus.PublicUrl, prometheus.Url) is { } graphs)
        {
            links.AddRange(MetricExpressions.ForPeople(project, app).Select(e => new MetricsLink("prometheus", e.Title,
                $"{graphs}/graph?g0.expr={Uri.EscapeDataString(e.Expression.ToString())}&g0.tab=0&g0.range_input=1h", e.Expression.ToString())));
        }

        if (FirstOf(grafana.Url) is { } dashboards)
        {
            var (inProject, ofApp) = ($"?var-project={Uri.EscapeDataString(project)}", $"&var-app={Uri.EscapeDataString(app)}");
            links.Add(new("grafana", "This app", $"{dashboards}/d/slipway-app/slipway-app{inProject}{ofApp}", null));
            links.Add(new("grafana", "All apps of the project", $"{dashboards}/d/slipway-project/slipway-project{inProject}", null));
            links.Add(new("grafana", "The whole platform", $"{dashboards}/d/slipway-cluster/slipway-cluster", null));
        }

        return links;
    }

    private static string? FirstOf(params string?[] addresses) => addresses.FirstOrDefault(a => !string.IsNullOrEmpty(a))?.TrimEnd('/');
}
