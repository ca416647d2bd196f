using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>In production a process with settings that are not safe does not start, and says which.</summary>
public sealed class ProductionTests(Platform platform) : PlatformTest(platform)
{
    [Theory]
    [InlineData("PublicUrl", null, "The setting PublicUrl is missing")]
    [InlineData("PublicUrl", "http://slipway.example.com", "AllowPlainHttp")]
    [InlineData("PublicUrl", "https://example.org/slipway", "not below the path '/slipway'")]
    [InlineData("TrustedProxies__0", "the ingress", "must be a list of address ranges")]
    [InlineData("Encryption__Key", null, "The setting Encryption:Key")]
    [InlineData("Encryption__Key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "no random key")]
    [InlineData("Accounts__LockAfter", "0", "Accounts:LockAfter")]
    [InlineData("Accounts__SetupToken", "too-short", "Accounts:SetupToken")]
    [InlineData("Oidc__Authority", "http://login.example.com", "AllowPlainHttp")]
    [InlineData("Oidc__Authority", "https://login.example.com", "Oidc:ClientId")]
    [InlineData("Oidc__Only", "true", "Oidc:Authority")]
    public async Task The_API_does_not_start_with_unsafe_settings(string name, string? value, string sentence)
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(ApiProcess.Spawn(database, settings: new Dictionary<string, string?> { [name] = value }));

        await Assert.ThrowsAnyAsync<Exception>(api.Ready);
        Assert.Contains(sentence, api.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PublicUrl", null, "The setting PublicUrl is missing")]
    [InlineData("PublicUrl", "https://example.org/slipway", "not below the path '/slipway'")]
    [InlineData("TrustedProxies__0", "10.0.0.0/99", "must be a list of address ranges")]
    [InlineData("DataProtection__KeyDirectory", null, "DataProtection:KeyDirectory")]
    public async Task The_portal_does_not_start_with_unsafe_settings(string name, string? value, string sentence)
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(async () => Own(await WebProcess.Start(await Platform.Api(), settings: new Dictionary<string, string?> { [name] = value })));
        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }
}
