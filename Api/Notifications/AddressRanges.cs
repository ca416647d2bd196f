using System.Net;
using System.Net.Sockets;

namespace Slipway.Api.Notifications;

/// <summary>
/// Which addresses are nobody's on the internet: this machine's, private networks', the cluster's, and what carries one of those inside
/// (iana.org/assignments/iana-ipv4-special-registry, iana-ipv6-special-registry). Pure.
/// </summary>
public static class AddressRanges
{
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "100::/64", "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "5f00::/16", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    /// <summary>Whether an address leads anywhere but to a public host, or into one of <paramref name="besides"/>.</summary>
    public static bool IsPrivate(IPAddress address, IReadOnlyList<IPNetwork>? besides = null)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return NotPublic.Any(n => n.Contains(plain)) || besides?.Any(n => n.Contains(plain)) is true
            || (plain.AddressFamily is AddressFamily.InterNetworkV6 && Inside(plain) is { } inner && IsPrivate(inner, besides));
    }

    // IPv4 addresses that an IPv6 one stands for: ::a.b.c.d (RFC 4291, 2.5.5.1), NAT64 (RFC 6052) and 6to4 (RFC 3056).
    private static IPAddress? Inside(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return bytes switch
        {
            _ when bytes.AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0 => new(bytes.AsSpan(12, 4)),
            [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] => new(bytes.AsSpan(12, 4)),
            [0x20, 0x02, ..] => new(bytes.AsSpan(2, 4)),
            _ => null,
        };
    }
}
