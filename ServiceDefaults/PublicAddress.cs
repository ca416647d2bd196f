using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Slipway.ServiceDefaults;

/// <summary>The setting <c>PublicUrl</c>: the portal's address as people open it, for links in messages.</summary>
public sealed record PublicAddress
{
    /// <summary>Absolute, such as <c>https://slipway.example.com</c>.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>For a network that is safe by other means: lets <see cref="PublicUrl"/> begin with http:// on another machine than this one.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>What is wrong with it in production, as a sentence; null where nothing is.</summary>
    public static string? Explain(PublicAddress options) => Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? url.Scheme is "https" || url.IsLoopback || options.AllowPlainHttp
            ? null
            : $"The setting PublicUrl is '{options.PublicUrl}': cookies and passwords would cross the network in clear. Use https://, or set AllowPlainHttp=true where the network itself is encrypted."
        : "The setting PublicUrl is missing: the portal's address as people open it, such as 'https://slipway.example.com'.";

    /// <summary>An address in the portal.</summary>
    public string Link(string path) => PublicUrl.TrimEnd('/') + path;
}

/// <summary>How a process gets to know its public address.</summary>
public static class PublicAddressExtensions
{
    /// <summary>Binds the setting; in production the process does not start without a good one.</summary>
    public static TBuilder AddPublicAddress<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<PublicAddress>().Bind(builder.Configuration).ValidateOnStart();
        if (builder.Environment.IsProduction())
        {
            builder.Services.AddSingleton<IValidateOptions<PublicAddress>>(new Sentence<PublicAddress>(PublicAddress.Explain));
        }

        return builder;
    }
}
