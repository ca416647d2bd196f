namespace Slipway.Contracts;

public sealed partial class SlipwayClient
{
    /// <summary>What an app used, it and each of its pods. What keeps it from being known is part of the answer.</summary>
    public Task<MetricsView> Metrics(string project, string app, MetricsQuery? query = null, CancellationToken cancel = default) =>
        Get<MetricsView>($"{Path(project, app)}/metrics{Query(query)}", cancel);

    /// <summary>What the apps of a project used.</summary>
    public Task<MetricsView> Metrics(string project, MetricsQuery? query = null, CancellationToken cancel = default) =>
        Get<MetricsView>($"{Path(project)}/metrics{Query(query)}", cancel);

    /// <summary>Links to other programs that show more of an app.</summary>
    public Task<MetricsLinks> Links(string project, string app, CancellationToken cancel = default) =>
        Get<MetricsLinks>($"{Path(project, app)}/links", cancel);

    private static string Query(MetricsQuery? query) => query is null ? ""
        : $"?range={Uri.EscapeDataString(query.Range)}{(query.Step is null ? "" : $"&step={Uri.EscapeDataString(query.Step)}")}";
}
