using Microsoft.AspNetCore.Http;
using Slipway.AppHost.Engine.Telemetry;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>
/// The dashboard has no sign-in, so it must be sure that a request comes from its own page in a browser on this machine:
/// a foreign page could otherwise reach it, by a form or by a host name that it lets point to 127.0.0.1 (DNS rebinding).
/// </summary>
static class RequestGuard
{
    /// <summary>A header that no form can send and no foreign script may without being asked first (CORS), which is never answered.</summary>
    public const string Header = "X-Slipway-Dashboard";

    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task Check(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        var request = context.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        var expected = request.Headers.ContainsKey(Header) || request.Headers.ContainsKey(OtlpReceiver.KeyHeader);
        if (!IsThisMachine(request.Host.Host) || !IsSameOrigin(request) || (changes && !expected))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("This page answers only itself, on this machine.");
        }

        return next(context);
    }

    static bool IsThisMachine(string host) => host is "127.0.0.1" or "localhost" or "[::1]";

    static bool IsSameOrigin(HttpRequest request) =>
        (request.Headers.Origin.Count == 0 || request.Headers.Origin == $"http://{request.Host}")
        && (request.Headers["Sec-Fetch-Site"].Count == 0 || request.Headers["Sec-Fetch-Site"] == "same-origin" || request.Headers["Sec-Fetch-Site"] == "none"
            || (HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Mode"] == "navigate"));
}
