using Slipway.Api.Accounts;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Monitoring;

/// <summary>What has to do with metrics.</summary>
static class MonitoringServices
{
    public static void AddMonitoring(this WebApplicationBuilder builder)
    {
        builder.Services.AddHostedService<AppStates>();
    }

    public static void MapMonitoring(this WebApplication app)
    {
        app.MapMetrics().ForScrapers();
        app.MapSeries();
        app.MapScrapeTargets();
    }
}
