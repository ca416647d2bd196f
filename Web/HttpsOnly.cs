using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using Slipway.ServiceDefaults;

namespace Slipway.Web;

/// <summary>
/// Where people open the portal over TLS, what comes as plain HTTP is refused with a page that says what is to be set: cookies that are
/// for https alone would never come back. There is no redirect, since behind a proxy that does not say that it ended TLS it would lead
/// here again for ever.
/// </summary>
static class HttpsOnly
{
    // Asked by programs beside the portal, which come directly: the kubelet and Prometheus.
    private static readonly PathString[] Plain = ["/health", "/alive", "/metrics"];

    // So many different peers are named in the log, one line each.
    private const int MostPeers = 100;

    public static void UseHttpsOnly(this WebApplication app)
    {
        var address = app.Services.GetRequiredService<IOptions<PublicAddress>>().Value;
        if (!address.IsHttps)
        {
            return;
        }

        var host = HostString.FromUriComponent(new Uri(address.PublicUrl));
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HttpsOnly));
        var named = new ConcurrentDictionary<(IPAddress?, PlainHttpReason), bool>();
        app.Use((context, next) =>
        {
            if (context.Request.IsHttps)
            {
                // Whatever name a proxy asks by, links lead where people are.
                context.Request.Host = host;
                return next(context);
            }

            if (Plain.Any(path => context.Request.Path.StartsWithSegments(path)))
            {
                return next(context);
            }

            var reason = TrustedProxies.WhyPlainHttp(context);
            var peer = context.Connection.RemoteIpAddress;
            if (named.Count < MostPeers && named.TryAdd((peer, reason), true))
            {
                logger.LogWarning("Refused a plain HTTP request from {Peer}: the portal is opened at {PublicUrl}. {Reason}", peer, address.PublicUrl, reason switch
                {
                    PlainHttpReason.NoHeader => "It did not say X-Forwarded-Proto: https",
                    PlainHttpReason.SaysPlainHttp => "Its X-Forwarded-Proto does not say https",
                    PlainHttpReason.Unreadable => "Its X-Forwarded-Proto cannot be read",
                    _ => "Its X-Forwarded-Proto is not believed, since its address is not in the setting TrustedProxies",
                });
            }

            return Refuse(context, address.PublicUrl, WhatToDo(reason));
        });
    }

    private static string WhatToDo(PlainHttpReason reason) => reason switch
    {
        PlainHttpReason.NoHeader => "If you came through a proxy that ends TLS, it has to send the header X-Forwarded-Proto: https.",
        PlainHttpReason.SaysPlainHttp => "The proxy in front of the portal says X-Forwarded-Proto, but not https. If another proxy before it ended TLS, it has to pass that one's X-Forwarded-Proto on.",
        PlainHttpReason.Unreadable => "The proxy in front of the portal sends an X-Forwarded-Proto that cannot be read. It has to be X-Forwarded-Proto: https.",
        _ => "A proxy says that it has ended TLS, but its address is not among those that the portal trusts. Put the proxy's address range into the setting TrustedProxies of the portal; the portal's log names the address.",
    };

    private static Task Refuse(HttpContext context, string publicUrl, string whatToDo)
    {
        var sentence = $"This portal is opened at {publicUrl}, and this request arrived as plain HTTP.";
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync($"{sentence} {whatToDo}\n");
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        var link = WebUtility.HtmlEncode(publicUrl);
        return context.Response.WriteAsync($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>Slipway: open it over https</title>
              <style>
                body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f3f6f7, #0b151b); color: light-dark(#10212b, #e6eef1); }
                main { box-sizing: border-box; width: min(560px, 100vw - 32px); padding: 28px; border: 1px solid light-dark(#dde5e9, #1f3039); border-radius: 14px; background: light-dark(#fff, #12212a); }
                h1 { margin: 0 0 12px; font-size: 1.3rem; }
                a { color: light-dark(#0f766e, #2dd4bf); overflow-wrap: anywhere; }
                p:last-child { margin-bottom: 0; color: light-dark(#4a5c66, #9fb3bd); }
              </style>
            </head>
            <body>
              <main>
                <h1>Open Slipway over https</h1>
                <p>This portal is opened at <a href="{{link}}">{{link}}</a>, and this request arrived as plain HTTP.</p>
                <p>For whoever runs it: {{WebUtility.HtmlEncode(whatToDo)}}</p>
              </main>
            </body>
            </html>
            """);
    }
}
