using System.Text;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Notifications;

public sealed class SignatureTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"a":1}""");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    // printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac 'a key of some length'
    [Fact]
    public void A_signature_is_what_openssl_says() =>
        Assert.Equal("v1=532f36d61cb9e5dd45a49725e1441e191bf99dfe96be8933f80f8255cad7c8e9", WebhookSignature.Of("a key of some length", 1_800_000_000, Body));

    [Fact]
    public void Another_key_body_or_time_is_seen()
    {
        var signature = WebhookSignature.Of("a key of some length", Now.ToUnixTimeSeconds(), Body);
        bool IsRight(string key, long timestamp, string body) => WebhookSignature.IsRight(key, timestamp, Encoding.UTF8.GetBytes(body), signature, Now, TimeSpan.FromMinutes(5));
        Assert.True(IsRight("a key of some length", 1_800_000_000, """{"a":1}"""));
        Assert.False(IsRight("another key of some length", 1_800_000_000, """{"a":1}"""));
        Assert.False(IsRight("a key of some length", 1_800_000_000, """{"a":2}"""));
        Assert.False(IsRight("a key of some length", 1_800_000_001, """{"a":1}"""));
        Assert.False(WebhookSignature.IsRight("a key of some length", 1_800_000_000, Body, signature, Now.AddHours(1), TimeSpan.FromMinutes(5)));
        Assert.False(WebhookSignature.IsRight("a key of some length", 1_800_000_000, Body, "v1=", Now, TimeSpan.FromMinutes(5)));
    }
}
