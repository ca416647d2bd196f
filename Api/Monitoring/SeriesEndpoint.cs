using System.Text;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Alerts;
using Slipway.Api.Apps;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Monitoring;

/// <summary>
/// <c>/metrics/apps</c>: the series of all apps and of the work queue, read when Prometheus asks. They are apart from <c>/metrics</c>, where
/// a series that was seen once stays for as long as the process lives: apps come, change their state, and go.
/// </summary>
static class SeriesEndpoint
{
    public static void MapSeries(this IEndpointRouteBuilder routes) => routes.MapMetrics("/apps", Get).ForScrapers();

    /// <summary>All apps with what is seen of them, in one query.</summary>
    public static async Task<IReadOnlyList<CountedApp>> Count(IServiceProvider services, CancellationToken cancel)
    {
        var db = services.GetRequiredService<SlipwayDb>();
        var cluster = services.GetRequiredService<ClusterState>();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var names = await db.Projects.AsNoTracking().Where(p => p.DeletedAt == null).ToDictionaryAsync(p => p.Id, p => p.Name, cancel);
        var rows = await services.GetRequiredService<AppViews>().Read(db.Apps.OrderBy(a => a.Id), cancel);
        return [.. rows.Where(r => names.ContainsKey(r.App.ProjectId)).Select(row =>
        {
            var (wanted, seen) = (DesiredApp.From(names[row.App.ProjectId], row.App, row.Release), cluster.Observe(row.App.Id));
            return new CountedApp(wanted, seen, StatusRules.Derive(wanted, seen, now).State);
        })];
    }

    static async Task Get(HttpContext context)
    {
        var (services, cancel) = (context.RequestServices, context.RequestAborted);
        var text = new SeriesText();
        var apps = await Count(services, cancel);
        AppSeries.Write(text, apps);
        await ThresholdSeries.Write(text, services.GetRequiredService<SlipwayDb>(), apps, cancel);
        var queue = await services.GetRequiredService<WorkQueue>().State(cancel);
        text.Family("slipway_queue_depth", "gauge", "Apps and projects that wait to be brought into line, or are being.").Add(queue.Count);
        text.Family("slipway_queue_oldest_seconds", "gauge", "For how long the one that waits longest could have been taken up.").Add(queue.Overdue.TotalSeconds);
        context.Response.ContentType = SeriesText.ContentType;
        await context.Response.WriteAsync(text.ToString(), Encoding.UTF8, cancel);
    }
}
