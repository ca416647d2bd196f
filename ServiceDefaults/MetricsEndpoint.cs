using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Slipway.ServiceDefaults;

/// <summary>The settings <c>Metrics:*</c>.</summary>
public sealed record MetricsOptions
{
    /// <summary>What Prometheus has to send as a bearer token. Without it, only programs on this machine are answered.</summary>
    public string? Token { get; init; }
}

/// <summary>
/// <c>/metrics</c>: what a process measures of itself, in the text format of Prometheus. It is for whoever knows <c>Metrics:Token</c>
/// (401 for everybody else); without that setting for programs on this machine that come directly, not through a proxy (403).
/// </summary>
public static class MetricsEndpoint
{
    /// <summary>Where it is; more of the same may be below it.</summary>
    public const string Path = "/metrics";

    private static readonly string[] ProxyHeaders = ["X-Forwarded-For", "X-Original-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>Maps what the process measures with its meters.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint(Path, meterProvider: null, branch => branch.Use(Guard), optionsName: null).AllowAnonymous();

    /// <summary>Maps another page of metrics, for the same readers.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes, string pattern, RequestDelegate answer) =>
        routes.MapGet(Path + pattern, (RequestDelegate)(context => Guard(context, answer))).AllowAnonymous();

    /// <summary>Whether a request may read metrics: 200, or with what it has to be refused.</summary>
    public static int Decide(string? token, string? authorization, IPAddress? from, bool throughProxy) => token switch
    {
        { Length: > 0 } when authorization is not null && IsEqual(authorization, $"Bearer {token}") => StatusCodes.Status200OK,
        { Length: > 0 } => StatusCodes.Status401Unauthorized,
        _ => from is not null && IPAddress.IsLoopback(from) && !throughProxy ? StatusCodes.Status200OK : StatusCodes.Status403Forbidden,
    };

    private static async Task Guard(HttpContext context, RequestDelegate next)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<MetricsOptions>>().Value;
        var status = Decide(options.Token, context.Request.Headers.Authorization, context.Connection.RemoteIpAddress,
            ProxyHeaders.Any(context.Request.Headers.ContainsKey));
        if (status == StatusCodes.Status200OK)
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await context.Response.WriteAsync(status == StatusCodes.Status401Unauthorized
            ? "Metrics are for Prometheus: they take the bearer token of the setting Metrics:Token.\n"
            : "Metrics are for programs on the same machine, unless the setting Metrics:Token says otherwise.\n");
    }

    // By their hashes, so that how long it takes tells nothing of the token.
    private static bool IsEqual(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(a)), SHA256.HashData(Encoding.UTF8.GetBytes(b)));
}
