using System.Net.Http.Headers;

namespace Slipway.Web.Session;

/// <summary>
/// Whose browser the portal speaks to the API for. The API counts attempts by the address, writes it into the audit, and shows both in
/// the list of signed-in devices; without this it would see the portal alone.
/// </summary>
/// <param name="Address">The network address; null where it is not known.</param>
/// <param name="Browser">What the browser calls itself.</param>
sealed record Visitor(string? Address, string? Browser)
{
    // Longer than any real browser's, and short enough for any server's limit on headers.
    private const int MaxLength = 400;

    public static Visitor Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        // Only ASCII can be sent on in a header.
        var browser = new string([.. context.Request.Headers.UserAgent.ToString().Where(c => c is >= ' ' and <= '~').Take(MaxLength)]);
        return new((address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString(), browser.Length == 0 ? null : browser);
    }

    /// <summary>Names the visitor in the headers of a request to the API.</summary>
    public void Introduce(HttpRequestHeaders headers)
    {
        if (Address is not null)
        {
            headers.TryAddWithoutValidation("X-Forwarded-For", Address);
        }

        if (Browser is not null)
        {
            headers.TryAddWithoutValidation("User-Agent", Browser);
        }
    }
}
