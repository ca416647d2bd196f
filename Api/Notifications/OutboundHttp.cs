using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Slipway.Api.Notifications;

/// <summary>An address that channels may not reach.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);

/// <summary>
/// The way out for what people can aim. The address is looked at when the connection is made, after names were resolved, so that a name
/// that answers differently the second time gets nowhere; redirects are answers like any other, and no proxy stands in between.
/// </summary>
public sealed class OutboundHttp : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly bool allowed;
    private readonly IReadOnlyList<IPNetwork> besides;

    public OutboundHttp(IOptions<NotificationOptions> options)
    {
        allowed = options.Value.AllowPrivateAddresses;
        besides = [.. options.Value.RefusedRanges.Select(range => IPNetwork.Parse(range))];
        Guarded = Make(Connect);
        // Where Telegram is, is the operator's setting, not a person's choice.
        Telegram = Make(connect: null);
    }

    /// <summary>Reaches public hosts only, unless the operator allows others.</summary>
    public HttpClient Guarded { get; }

    /// <summary>Reaches what the operator has set.</summary>
    public HttpClient Telegram { get; }

    /// <summary>What is wrong with an address, before anything is sent there: what a name resolves to is only known then. Null where nothing is.</summary>
    public string? Explain(Uri url) => allowed ? null
        : url.Scheme is not "https" ? "An address begins with https://."
        : IsLocalName(url.IdnHost) || (IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var address) && AddressRanges.IsPrivate(address, besides))
            ? Refusal(url.Host)
            : null;

    public void Dispose()
    {
        Guarded.Dispose();
        Telegram.Dispose();
    }

    private static bool IsLocalName(string host) => host.TrimEnd('.') is var name
        && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".svc", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".cluster.local", StringComparison.OrdinalIgnoreCase));

    private static string Refusal(string host) =>
        $"'{host}' is in a private network, on Slipway's own machine or in its cluster, and messages are not sent there. The operator can allow it.";

    private static HttpClient Make(Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxResponseHeadersLength = 32,
        ConnectCallback = connect,
    })
    { Timeout = Patience, MaxResponseContentBufferSize = 1024 * 1024 };

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancel);
        var reachable = allowed ? addresses : [.. addresses.Where(a => !AddressRanges.IsPrivate(a, besides))];
        if (reachable.Length == 0 && addresses.Length > 0)
        {
            throw new AddressRefusedException(Refusal(host));
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
