namespace Slipway.Web;

/// <summary>The headers that keep a page of the portal from running, loading or being framed by anything that is not the portal.</summary>
static class SecurityHeaders
{
    /// <summary>
    /// Scripts come from files of the portal alone. Styles may be inline because MudBlazor writes the theme into a style element and
    /// positions its parts by style attributes; the icons of its select arrows are data: images. Web sockets of the own origin are
    /// covered by 'self' (CSP Level 3, "matches a source expression", scheme upgrades).
    /// </summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
        "manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return next(context);
    });
}
