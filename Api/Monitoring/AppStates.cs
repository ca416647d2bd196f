using System.Diagnostics.Metrics;
using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>
/// The meter <c>Slipway.Apps</c>: how many apps of each project are in which state, for OTLP. Runs only where metrics are sent somewhere:
/// Prometheus reads the same from <c>/metrics/apps</c>.
/// </summary>
sealed class AppStates(IServiceScopeFactory scopes, IMeterFactory meters, IConfiguration configuration, TimeProvider time, ILogger<AppStates> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // A project that is gone goes on with zeros: a series that is not reported any more would stay as it was last.
    private volatile Dictionary<(string Project, AppState State), int> counts = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        meters.Create("Slipway.Apps").CreateObservableGauge("slipway.app.states", () => counts.Select(c =>
            new Measurement<int>(c.Value, new("project", c.Key.Project), new("status", c.Key.State.ToString()))), "{app}", "Apps of a project by status");
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                await Count(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task Count(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var fresh = counts.ToDictionary(c => c.Key, _ => 0);
            foreach (var (key, count) in (await SeriesEndpoint.Count(scope.ServiceProvider, cancel)).CountBy(a => (a.Wanted.Project, a.State)))
            {
                fresh[key] = count;
            }

            counts = fresh;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogDebug(e, "The apps could not be counted; trying again");
        }
    }
}
