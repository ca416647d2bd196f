namespace Slipway.Api.Mail;

/// <summary>The setting <c>PublicUrl</c>: the portal's address as people open it, for links in messages.</summary>
public sealed record PublicAddress
{
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
