using Slipway.ServiceDefaults;

namespace Slipway.Tests.Unit.ServiceDefaults;

/// <summary>Which addresses a portal can be opened at.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("https://slipway.example.org")]
    [InlineData("https://slipway.example.org/")]
    [InlineData("HTTPS://Slipway.Example.org:8443")]
    [InlineData("https://192.168.1.5")]
    [InlineData("https://[2001:db8::1]:8443")]
    [InlineData("https://bücher.example")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080")]
    public void These_are_taken(string address) => Assert.Null(PublicAddress.Explain(new() { PublicUrl = address }, production: true));

    [Theory]
    [InlineData("https://example.org/slipway", "below the path '/slipway'")]
    [InlineData("https://example.org/slipway/", "below the path")]
    [InlineData("https://example.org//", "below the path")]
    [InlineData("https://example.org/?a=b", "'?' or '#'")]
    [InlineData("https://example.org?", "'?' or '#'")]
    [InlineData("https://example.org/#top", "'?' or '#'")]
    [InlineData("https://someone:s3cret@example.org", "user name or password")]
    [InlineData("https://", "not an address")]
    [InlineData("https:///path", "not an address")]
    [InlineData("https://example.org:99999", "not an address")]
    [InlineData("https:example.org", "begin with https://")]
    [InlineData("//example.org", "begin with https://")]
    [InlineData("example.org", "begin with https://")]
    [InlineData("ftp://example.org", "begin with https://")]
    [InlineData(" https://example.org", "begin with https://")]
    [InlineData("https://example.org ", "blank")]
    [InlineData("https://exam ple.org", "blank")]
    [InlineData("https:/\\example.org", "begin with https://")]
    [InlineData("https://example.org\\slipway", "backslash")]
    [InlineData("http://0.0.0.0:8080", "nobody can open")]
    [InlineData("http://[::]:8080", "nobody can open")]
    [InlineData("https://0", "nobody can open")]
    [InlineData("https://1", "nobody can open")]
    [InlineData("https://example.org:0", "port 0")]
    [InlineData("http://*:8080", "not an address")]
    [InlineData("http://+:8080", "not an address")]
    [InlineData("https://*.example.org", "not an address")]
    [InlineData("https://-", "not an address")]
    [InlineData("https://$HOST", "not an address")]
    [InlineData("https://a.example.org,https://b.example.org", "not an address")]
    [InlineData("https://@example.org", "user name or password")]
    [InlineData("https://example.org/.", "nothing more")]
    [InlineData("https://example.org/%2e", "nothing more")]
    [InlineData("https://example.org:", "nothing more")]
    [InlineData("https://[fe80::1%25eth0]", "nothing more")]
    public void These_are_refused_in_production_and_elsewhere(string address, string because)
    {
        foreach (var production in (bool[])[true, false])
        {
            var sentence = PublicAddress.Explain(new() { PublicUrl = address, AllowPlainHttp = true }, production);
            Assert.Contains(because, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void It_may_be_missing_or_plain_outside_of_production_only()
    {
        Assert.Null(PublicAddress.Explain(new(), production: false));
        Assert.Null(PublicAddress.Explain(new() { PublicUrl = "http://slipway.example.org" }, production: false));
        Assert.Contains("is missing", PublicAddress.Explain(new(), production: true), StringComparison.Ordinal);
        Assert.Contains("AllowPlainHttp", PublicAddress.Explain(new() { PublicUrl = "http://slipway.example.org" }, production: true), StringComparison.Ordinal);
        Assert.Null(PublicAddress.Explain(new() { PublicUrl = "http://slipway.example.org", AllowPlainHttp = true }, production: true));
    }
}
