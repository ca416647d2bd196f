using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Monitoring;

/// <summary>What has to do with metrics.</summary>
static class MonitoringServices
{
    public static void AddMonitoring(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PrometheusOptions>().BindConfiguration("Prometheus").ValidateOnStart();
        services.AddSingleton<IValidateOptions<PrometheusOptions>>(new Check<PrometheusOptions>(PrometheusOptions.Explain));
        services.AddOptions<GrafanaOptions>().BindConfiguration("Grafana").ValidateOnStart();
        services.AddSingleton<IValidateOptions<GrafanaOptions>>(new Check<GrafanaOptions>(GrafanaOptions.Explain));
        services.AddHttpClient<PrometheusClient>((provider, http) =>
        {
            var options = provider.GetRequiredService<IOptions<PrometheusOptions>>().Value;
            http.BaseAddress = string.IsNullOrEmpty(options.Url) ? null : new($"{options.Url.TrimEnd('/')}/");
            http.DefaultRequestHeaders.Authorization = string.IsNullOrEmpty(options.Token) ? null : new AuthenticationHeaderValue("Bearer", options.Token);
            // The handler below ends what takes too long.
            http.Timeout = Timeout.InfiniteTimeSpan;
        }).AddStandardResilienceHandler().Configure((resilience, provider) =>
        {
            var patience = TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<PrometheusOptions>>().Value.TimeoutSeconds);
            resilience.TotalRequestTimeout.Timeout = patience;
            resilience.AttemptTimeout.Timeout = patience * 0.9;
            resilience.CircuitBreaker.SamplingDuration = patience * 3;
            resilience.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(2);
            resilience.Retry.MaxRetryAttempts = 1;
            resilience.Retry.Delay = TimeSpan.FromMilliseconds(100);
        });
        services.AddSingleton<SharedQueries>();
        services.AddHostedService<AppStates>();
    }

    public static void MapMonitoring(this WebApplication app)
    {
        app.MapMetrics().ForScrapers();
        app.MapSeries();
        app.MapScrapeTargets();
        app.MapMetricsOfApps();
    }

    private sealed class Check<T>(Func<T, string?> explain) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            explain(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
