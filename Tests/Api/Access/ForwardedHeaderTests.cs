using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>What portal and API make of the headers of a proxy, and of a Host header, that nobody should send.</summary>
public sealed class ForwardedHeaderTests(Platform platform) : PlatformTest(platform)
{
    private static readonly string[] Odd =
    [
        "X-Forwarded-Proto: -", "X-Forwarded-Proto: 1x", "X-Forwarded-Proto: ftp", "X-Forwarded-Proto: +", "X-Forwarded-Proto: https://", "X-Forwarded-Proto: ,",
        "X-Forwarded-Proto: http,https", "X-Forwarded-Proto: https,http", "X-Forwarded-Proto: javascript", "X-Forwarded-Host: evil.example.com", "X-Forwarded-Host: [",
        "X-Forwarded-Host: a b", "X-Forwarded-Host: ,", "X-Forwarded-For: unknown", "X-Forwarded-For: [::1", "X-Forwarded-For: ,,,", "X-Forwarded-For: 203.0.113.7:99999",
        "X-Forwarded-Prefix: /x", "Forwarded: proto=https;host=evil.example.com",
    ];

    private static readonly string[] Hosts = ["", "a,b", "$x", "a..b", "-", "a_b", "1.2.3.4.5", "a:99999", "%41", "[::1]", "[fe80::1]:80", "slipway.example.org."];

    [Fact]
    public async Task No_header_of_a_trusted_proxy_and_no_host_makes_the_portal_or_the_API_fail()
    {
        var api = await Platform.Api();
        var web = Own(await WebProcess.Start(api));
        foreach (var (address, path) in (IEnumerable<(Uri, string)>)[(web.Address, "/sign-in"), (web.Address, "/projects/demo"), (web.Address, "/nothing"), (api.Address, "/openapi/v1.json"), (api.Address, "/api/projects")])
        {
            foreach (var header in Odd)
            {
                var (status, answer) = await Send(address, path, $"Host: {address.Authority}", header);
                Assert.True(status is 200 or 302 or 401 or 404, $"{address}{path} with {header}: {status}");
                Assert.DoesNotContain("evil.example.com", answer, StringComparison.Ordinal);
            }

            foreach (var host in Hosts)
            {
                var (status, _) = await Send(address, path, $"Host: {host}");
                Assert.True(status is 200 or 302 or 400 or 401 or 404, $"{address}{path} for the host '{host}': {status}");
            }

            Assert.True((await SendAs("1.0", address, path)).Status is 200 or 302 or 401 or 404, $"{address}{path} without a host");
        }

        Assert.DoesNotContain("unhandled exception", web.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("TrustedProxies__0", "::ffff:127.0.0.0/104", 200)]
    [InlineData("TrustedProxies", "10.1.0.0/16, 127.0.0.1/32", 200)]
    [InlineData("TrustedProxies", "10.1.0.0/16,10.2.0.0/16", 400)]
    public async Task A_portal_that_listens_on_every_address_trusts_the_ranges_that_it_was_given(string setting, string value, int expected)
    {
        var port = ChildProcess.FreePort();
        // A socket for both kinds of addresses sees an IPv4 peer as ::ffff:127.0.0.1.
        var web = Own(await WebProcess.Start(await Platform.Api(), port, new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = $"http://[::]:{port}",
            ["PublicUrl"] = TlsProxy.AddressAt(443).ToString(),
            [setting] = value,
        }));
        var (status, answer) = await Send(web.Address, "/sign-in", $"Host: {web.Address.Authority}", "X-Forwarded-Proto: https");
        Assert.Equal(expected, status);
        Assert.Equal(expected == 400, answer.Contains("its address is not among those that the portal trusts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_portal_says_what_the_proxy_has_to_do()
    {
        var web = Own(await WebProcess.Start(await Platform.Api(), settings: new Dictionary<string, string?> { ["PublicUrl"] = TlsProxy.AddressAt(443).ToString() }));
        foreach (var (header, sentence) in (IEnumerable<(string, string?)>)
        [
            ("", "has to send the header X-Forwarded-Proto: https"), ("X-Forwarded-Proto: http", "but not https"), ("X-Forwarded-Proto: http, https", "but not https"),
            ("X-Forwarded-Proto: https://", "cannot be read"), ("X-Forwarded-Proto: https, http", null),
        ])
        {
            var (status, answer) = await Send(web.Address, "/sign-in", $"Host: {web.Address.Authority}", header);
            Assert.Equal(sentence is null ? 200 : 400, status);
            Assert.Contains(sentence ?? "", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://[2001:db8::1]:8443", "[2001:db8::1]:8443", "https://[2001:db8::1]:8443/")]
    [InlineData("https://bücher.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example/")]
    [InlineData("https://slipway.example.org", "evil.example.com", null)]
    public async Task The_API_describes_itself_at_the_public_host_and_at_no_other(string publicUrl, string forwarded, string? expected)
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["PublicUrl"] = publicUrl }));
        // HTTP/1.0 knows no chunks.
        var (_, answer) = await SendAs("1.0", api.Address, "/openapi/v1.json", $"Host: {api.Address.Authority}", "X-Forwarded-Proto: https", $"X-Forwarded-Host: {forwarded}");
        using var description = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
        Assert.Equal(expected ?? $"https://{api.Address.Authority}/", description.RootElement.GetProperty("servers")[0].GetProperty("url").GetString());
    }

    // HttpClient would not send most of this.
    private static Task<(int Status, string Answer)> Send(Uri address, string path, params string[] headers) => SendAs("1.1", address, path, headers);

    private static async Task<(int Status, string Answer)> SendAs(string version, Uri address, string path, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        await using var stream = client.GetStream();
        var lines = headers.Where(h => h.Length > 0).Append("Connection: close");
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/{version}\r\n{string.Join("\r\n", lines)}\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync();
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }
}
