using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Slipway.ServiceDefaults;

/// <summary>
/// Whom a process believes when they say for whom they ask (<c>X-Forwarded-For</c>). It decides about rate limits and what the audit
/// says, and about nothing else.
/// </summary>
public static class TrustedProxies
{
    private static readonly string[] OnlyThisMachine = ["127.0.0.0/8", "::1/128"];

    /// <summary>The setting <c>TrustedProxies</c>: a list of address ranges; this machine unless set.</summary>
    public static TBuilder AddTrustedProxies<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var ranges = builder.Configuration.GetSection("TrustedProxies").Get<string[]>() is { Length: > 0 } set ? set : OnlyThisMachine;
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            // A chain of them is followed as long as each link is trusted.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var range in ranges)
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.TryParse(range, out var network)
                    ? network
                    : throw new InvalidOperationException($"The setting TrustedProxies has '{range}'; it must be a list of address ranges such as '10.244.0.0/16'."));
            }
        });
        return builder;
    }

    /// <summary>Makes the visitor's address the connection's.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app) => app.UseForwardedHeaders();
}
