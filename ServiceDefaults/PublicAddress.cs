using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Slipway.ServiceDefaults;

/// <summary>The setting <c>PublicUrl</c>: the portal's address as people open it, for links in messages.</summary>
public sealed record PublicAddress
{
    private const string Unreachable = "nobody can open this address; it only says where to listen.";

    /// <summary>Absolute, without a path, such as <c>https://slipway.example.com</c>.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>For a network that is safe by other means: lets <see cref="PublicUrl"/> begin with http:// on another machine than this one.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>Whether people open the portal over TLS.</summary>
    public bool IsHttps => Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps;

    /// <summary>What is wrong with it, as a sentence; null where nothing is. Outside of production it may be left out, and be plain.</summary>
    public static string? Explain(PublicAddress options, bool production) => options.PublicUrl.Length == 0
        ? production ? "The setting PublicUrl is missing: the portal's address as people open it, such as 'https://slipway.example.com'." : null
        : ExplainAddress(options.PublicUrl) is { } wrong
            ? $"The setting PublicUrl is '{Shown(options.PublicUrl)}': {wrong} It is the portal's address as people open it, such as 'https://slipway.example.com'."
            : production && !options.IsHttps && !options.AllowPlainHttp && !new Uri(options.PublicUrl).IsLoopback
                ? $"The setting PublicUrl is '{options.PublicUrl}': cookies and passwords would cross the network in clear. Use https://, or set AllowPlainHttp=true where the network itself is encrypted."
                : null;

    // What Uri would forgive, such as backslashes, blanks around it or missing slashes, a browser or a mail program may not.
    private static string? ExplainAddress(string text)
    {
        if (!text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return "it has to begin with https:// or http://.";
        }

        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\'))
        {
            return "it has a blank, a control character or a backslash in it.";
        }

        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && Uri.CheckHostName(url.IdnHost) is not UriHostNameType.Unknown ? url switch
        {
            _ when rest.Contains('@', StringComparison.Ordinal) => "it must not hold a user name or password.",
            { AbsolutePath: not "/" } => $"the portal works at the root of its host only, not below the path '{url.AbsolutePath}'.",
            _ when rest.AsSpan().ContainsAny('?', '#') => "it must not have a '?' or '#'.",
            _ when rest.TrimEnd('/').AsSpan().ContainsAny('/', '%') || rest.TrimEnd('/').EndsWith(':') => "it is a host, perhaps with a port, and nothing more.",
            { Port: 0 } => "nobody can open port 0; it only says to listen on any.",
            { HostNameType: UriHostNameType.IPv4 } when url.IdnHost.StartsWith("0.", StringComparison.Ordinal) => Unreachable,
            { IdnHost: "::" } => Unreachable,
            _ => null,
        }
        : "this is not an address.";
    }

    // A password in it must not be written to the log.
    private static string Shown(string text) => text.IndexOf('@', StringComparison.Ordinal) is var at and > 0 ? $"…{text[at..]}" : text;

    /// <summary>An address in the portal.</summary>
    public string Link(string path) => PublicUrl.TrimEnd('/') + path;
}

/// <summary>How a process gets to know its public address.</summary>
public static class PublicAddressExtensions
{
    /// <summary>Binds the setting; the process does not start with a wrong one, nor in production without one.</summary>
    public static TBuilder AddPublicAddress<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<PublicAddress>().Bind(builder.Configuration).ValidateOnStart();
        var production = builder.Environment.IsProduction();
        builder.Services.AddSingleton<IValidateOptions<PublicAddress>>(new Sentence<PublicAddress>(options => PublicAddress.Explain(options, production)));
        return builder;
    }
}
