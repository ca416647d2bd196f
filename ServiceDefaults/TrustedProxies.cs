using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Slipway.ServiceDefaults;

/// <summary>
/// Which proxies a process believes when they say for whom they ask (<c>X-Forwarded-For</c>), that they ended TLS
/// (<c>X-Forwarded-Proto</c>), and what host was asked for (<c>X-Forwarded-Host</c>, and only where it is the public one).
/// </summary>
public static class TrustedProxies
{
    private static readonly string[] OnlyThisMachine = ["127.0.0.0/8", "::1/128"];

    /// <summary>The setting <c>TrustedProxies</c>: a list of address ranges; this machine unless set.</summary>
    public static TBuilder AddTrustedProxies<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var ranges = builder.Configuration.GetSection("TrustedProxies").Get<string[]>() is { Length: > 0 } set ? set : OnlyThisMachine;
        var networks = ranges.Select(range => System.Net.IPNetwork.TryParse(range, out var network)
            ? network
            : throw new InvalidOperationException($"The setting TrustedProxies has '{range}'; it must be a list of address ranges such as '10.244.0.0/16'.")).ToList();
        var host = Uri.TryCreate(builder.Configuration[nameof(PublicAddress.PublicUrl)], UriKind.Absolute, out var url) ? url.IdnHost : null;

        // After the framework's own configuration, which ASPNETCORE_FORWARDEDHEADERS_ENABLED turns on and which trusts everybody.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | (host is null ? ForwardedHeaders.None : ForwardedHeaders.XForwardedHost);
            options.AllowedHosts = host is null ? [] : [host];
            // A chain of them is followed as long as each link is trusted.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            networks.ForEach(options.KnownIPNetworks.Add);
        });
        return builder;
    }

    /// <summary>Makes the visitor's address, scheme and host the request's.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app) => app.UseForwardedHeaders().Use((context, next) =>
    {
        // Some proxies name the scheme of the WebSocket that is asked for (Traefik does).
        context.Request.Scheme = context.Request.Scheme.ToLowerInvariant() switch
        {
            "wss" => "https",
            "ws" => "http",
            var scheme => scheme,
        };
        return next(context);
    });

    /// <summary>Whether the request names a scheme that was not believed: <see cref="UseTrustedProxies"/> takes away what it believes.</summary>
    public static bool HasDistrustedScheme(HttpRequest request) => request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedProtoHeaderName);
}
