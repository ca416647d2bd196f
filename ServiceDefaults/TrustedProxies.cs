using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Slipway.ServiceDefaults;

/// <summary>
/// Which proxies a process believes when they say for whom they ask (<c>X-Forwarded-For</c>), that they ended TLS
/// (<c>X-Forwarded-Proto</c>), and what host was asked for (<c>X-Forwarded-Host</c>, and only where it is the public one).
/// </summary>
public static class TrustedProxies
{
    private const string Setting = "TrustedProxies";

    private static readonly IPNetwork[] OnlyThisMachine = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>The setting <c>TrustedProxies</c>: a list of address ranges; this machine unless set.</summary>
    public static TBuilder AddTrustedProxies<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var networks = Ranges(builder.Configuration);
        var host = PublicHost(builder.Configuration)?.Host;

        // After the framework's own configuration, which ASPNETCORE_FORWARDEDHEADERS_ENABLED turns on and which trusts everybody.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | (host is null ? ForwardedHeaders.None : ForwardedHeaders.XForwardedHost);
            options.AllowedHosts = host is null ? [] : [host];
            // A chain of them is followed as long as each link is trusted.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in networks)
            {
                options.KnownIPNetworks.Add(network);
            }
        });
        return builder;
    }

    /// <summary>Makes the visitor's address, scheme and host the request's. A host that no address can have is refused with 400.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app)
    {
        var publicHost = PublicHost(app.ApplicationServices.GetRequiredService<IConfiguration>()) ?? new HostString("localhost");
        return app.UseForwardedHeaders().Use((context, next) =>
        {
            var request = context.Request;
            request.Scheme = Scheme(request.Scheme);
            if (!request.Host.HasValue)
            {
                // HTTP/1.0 has no Host header, and HTTP/1.1 allows an empty one.
                request.Host = publicHost;
            }

            if (Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out _))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("The Host header does not name a host.\n");
        });
    }

    /// <summary>The address ranges of the setting: a list, or one text with commas. Throws with a sentence where one of them is none.</summary>
    public static IReadOnlyList<IPNetwork> Ranges(IConfiguration configuration)
    {
        var section = configuration.GetSection(Setting);
        string[] texts =
        [
            .. (section.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            .. section.GetChildren().Select(child => child.Value?.Trim() ?? ""),
        ];
        return texts.Length == 0 ? OnlyThisMachine : [.. texts.Select(Range)];
    }

    /// <summary>Why a request does not count as https.</summary>
    public static PlainHttpReason WhyPlainHttp(HttpContext context)
    {
        // What was believed has been moved to X-Original-Proto.
        if (!context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedProtoHeaderName))
        {
            return context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalProtoHeaderName) ? PlainHttpReason.SaysPlainHttp : PlainHttpReason.NoHeader;
        }

        var options = context.RequestServices.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        var peer = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        return peer is not null && options.KnownIPNetworks.Any(network => network.Contains(peer)) ? PlainHttpReason.Unreadable : PlainHttpReason.NotTrusted;
    }

    private static IPNetwork Range(string text) => IPNetwork.TryParse(text, out var network)
        // Peers are compared by their IPv4 address.
        ? network is { BaseAddress.IsIPv4MappedToIPv6: true, PrefixLength: >= 96 } ? new(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96) : network
        // 10.1 would be 10.0.0.1.
        : IPAddress.TryParse(text, out var address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3)
            ? address.IsIPv4MappedToIPv6 ? new(address.MapToIPv4(), 32) : new(address, address.GetAddressBytes().Length * 8)
            : throw new InvalidOperationException($"The setting {Setting} has '{text}'; it must be a list of address ranges such as '10.244.0.0/16'.");

    // A proxy names the scheme of the WebSocket that is asked for (Traefik does), or anything: what is not known is not https.
    private static string Scheme(string scheme) => scheme.ToLowerInvariant() is "https" or "wss" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    private static HostString? PublicHost(IConfiguration configuration) =>
        Uri.TryCreate(configuration[nameof(PublicAddress.PublicUrl)], UriKind.Absolute, out var url) && url.Host.Length > 0 ? HostString.FromUriComponent(url) : null;
}

/// <summary>Why a request does not count as https, though people open the portal over TLS.</summary>
public enum PlainHttpReason
{
    /// <summary>There is no <c>X-Forwarded-Proto</c>.</summary>
    NoHeader,

    /// <summary>A trusted proxy says that it was asked by plain HTTP.</summary>
    SaysPlainHttp,

    /// <summary>A trusted proxy sends an <c>X-Forwarded-Proto</c> that is no scheme.</summary>
    Unreadable,

    /// <summary>Whoever sends <c>X-Forwarded-Proto</c> is not in the setting <c>TrustedProxies</c>.</summary>
    NotTrusted,
}
