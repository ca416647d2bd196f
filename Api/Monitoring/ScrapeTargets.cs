using Slipway.Api.Accounts;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Monitoring;

/// <summary>
/// <c>/metrics/targets</c>: where the apps that have metrics of their own show them, as Prometheus asks for it
/// (prometheus.io/docs/prometheus/latest/http_sd). Which app is whose comes from the database, never from a pod's labels.
/// </summary>
static class ScrapeTargets
{
    public static void MapScrapeTargets(this IEndpointRouteBuilder routes) => routes.MapMetrics("/targets", async context =>
        await context.Response.WriteAsJsonAsync(Of(await SeriesEndpoint.Count(context.RequestServices, context.RequestAborted)), context.RequestAborted)).ForScrapers();

    /// <summary>One target for each running pod of an app that asks for it.</summary>
    public static IReadOnlyList<Target> Of(IReadOnlyList<CountedApp> apps) =>
        [.. from app in apps
            where app.Wanted is { Spec.Metrics: not null, Deleting: false }
            from pod in app.Seen.Pods
            where pod is { Phase: "Running", Address: not null }
            let host = pod.Address!.Contains(':') ? $"[{pod.Address}]" : pod.Address
            select new Target([$"{host}:{app.Wanted.Spec.Metrics!.Port}"], new Dictionary<string, string>
            {
                ["__metrics_path__"] = app.Wanted.Spec.Metrics!.Path,
                ["project"] = app.Wanted.Project,
                ["app"] = app.Wanted.Name,
                ["pod"] = pod.Name,
            })];

    /// <summary>What Prometheus calls a target group.</summary>
    public sealed record Target(IReadOnlyList<string> Targets, IReadOnlyDictionary<string, string> Labels);
}
