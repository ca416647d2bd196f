using System.Net;
using Microsoft.Extensions.Options;
using Slipway.Api.Notifications;

namespace Slipway.Tests.Unit.Notifications;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("10.96.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1:2:3:4:5:6")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_on_the_internet_is_private(string address) => Assert.True(AddressRanges.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("149.154.167.220")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("2002:101:101::")]
    public void An_address_on_the_internet_is_not(string address) => Assert.False(AddressRanges.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("https://localhost/hook")]
    [InlineData("https://LOCALHOST./hook")]
    [InlineData("https://api.slipway.svc.cluster.local/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://127.1/hook")]
    [InlineData("https://2130706433/hook")]
    [InlineData("https://0x7f.1/hook")]
    [InlineData("https://[::1]/hook")]
    [InlineData("https://[::ffff:10.0.0.1]/hook")]
    [InlineData("https://203.0.114.7/hook")]
    public void What_is_plainly_not_allowed_is_said_before_anything_is_sent(string url)
    {
        using var http = new OutboundHttp(Options.Create(new NotificationOptions { RefusedRanges = ["203.0.114.0/24"] }));
        Assert.NotNull(http.Explain(new(url)));
    }

    [Fact]
    public void What_names_a_host_on_the_internet_is_taken()
    {
        using var http = new OutboundHttp(Options.Create(new NotificationOptions()));
        Assert.Null(http.Explain(new("https://hooks.slack.com/services/T0/B0/x")));
    }

    [Fact]
    public async Task A_name_that_resolves_to_this_machine_is_refused_when_the_connection_is_made()
    {
        using var http = new OutboundHttp(Options.Create(new NotificationOptions()));
        // Resolved by whoever resolves names here, as a name that answers differently the second time would be.
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => http.Guarded.GetAsync(new Uri("http://localhost:9/"), TestContext.Current.CancellationToken));
        Assert.IsType<AddressRefusedException>(refusal.InnerException);
    }

    [Theory]
    [InlineData(1, 5, 2.5)]
    [InlineData(2, 10, 5)]
    [InlineData(50, 600, 300)]
    public void The_wait_doubles_up_to_the_longest_and_is_shortened_by_up_to_a_half(int attempt, double most, double least)
    {
        var options = new NotificationOptions();
        Assert.Equal(most, options.Delay(attempt, 0).TotalSeconds, 3);
        Assert.Equal(least, options.Delay(attempt, 1).TotalSeconds, 3);
    }
}
