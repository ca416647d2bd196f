using Microsoft.Extensions.Configuration;
using Slipway.ServiceDefaults;

namespace Slipway.Tests.Unit.ServiceDefaults;

/// <summary>How the setting TrustedProxies may be written.</summary>
public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("10.244.0.0/16", "10.244.0.0/16")]
    [InlineData(" 10.244.0.0/16 , fd00::/8 ,", "10.244.0.0/16 fd00::/8")]
    [InlineData("192.168.1.5", "192.168.1.5/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("::ffff:10.0.0.0/104", "10.0.0.0/8")]
    [InlineData("::ffff:10.0.0.7", "10.0.0.7/32")]
    [InlineData("", "127.0.0.0/8 ::1/128")]
    public void These_ranges_are_read(string text, string expected) => Assert.Equal(expected, Read(("TrustedProxies", text)));

    [Fact]
    public void A_list_is_read_and_without_the_setting_this_machine_is_trusted()
    {
        Assert.Equal("10.244.0.0/16 192.168.1.5/32", Read(("TrustedProxies:0", "10.244.0.0/16"), ("TrustedProxies:1", "192.168.1.5")));
        Assert.Equal("127.0.0.0/8 ::1/128", Read());
    }

    [Theory]
    [InlineData("the ingress")]
    [InlineData("10.0.0.0/99")]
    [InlineData("10.1")]
    [InlineData("10")]
    [InlineData("*")]
    [InlineData("ingress.example.org")]
    [InlineData("10.0.0.0/16;10.1.0.0/16")]
    public void These_are_refused_with_a_sentence(string text)
    {
        Assert.Contains($"TrustedProxies has '{text}'", Assert.Throws<InvalidOperationException>(() => Read(("TrustedProxies", text))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Read(("TrustedProxies:0", "10.0.0.0/8"), ("TrustedProxies:1", text)));
    }

    private static string Read(params (string Name, string Value)[] settings) => string.Join(' ', TrustedProxies.Ranges(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Name, s.Value))).Build()));
}
