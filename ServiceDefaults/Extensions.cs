using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Slipway.ServiceDefaults;

/// <summary>What every process of Slipway has: telemetry, health, service discovery, resilient HTTP.</summary>
public static class Extensions
{
    /// <summary>All activity sources and meters of our own begin with this name.</summary>
    public const string TelemetryPrefix = "Slipway.";

    private const string AlivePath = "/alive", HealthPath = "/health";

    /// <summary>
    /// Adds the defaults. Metrics are always kept, for <see cref="MetricsEndpoint"/>. Telemetry is exported over OTLP when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (opentelemetry.io/docs/specs/otel/protocol/exporter); when it is not, no spans are recorded.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddTelemetry();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (ready to serve: every check passes) and <c>/alive</c> (the process itself works: only checks tagged <c>live</c>).
    /// Both answer one word, no details, so they are safe to expose.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath).AllowAnonymous();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        return app;
    }

    private static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "Npgsql", TelemetryPrefix + "*")
            .AddRuntimeInstrumentation()
            // Whom a process calls may be an address that a user gave: no label of a metric may hold it.
            .AddView(instrument => instrument.Meter.Name switch
            {
                "System.Net.Http" when instrument.Name is "http.client.request.duration" => new MetricStreamConfiguration
                {
                    TagKeys = ["http.request.method", "http.response.status_code", "error.type"],
                },
                "System.Net.Http" => MetricStreamConfiguration.Drop,
                _ => null,
            })
            .AddPrometheusExporter());
        builder.Services.AddOptions<MetricsOptions>().BindConfiguration("Metrics");
        // Whoever records spans makes every query and every call pay for them, also where nobody will ever see them.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        telemetry
            .WithTracing(tracing => tracing
                .AddSource("Npgsql", TelemetryPrefix + "*", builder.Environment.ApplicationName)
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    !context.Request.Path.StartsWithSegments(HealthPath) && !context.Request.Path.StartsWithSegments(AlivePath)
                    && !context.Request.Path.StartsWithSegments(MetricsEndpoint.Path))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }
}
