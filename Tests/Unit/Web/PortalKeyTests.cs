using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Slipway.Web.Session;

namespace Slipway.Tests.Unit.Web;

public sealed class PortalKeyTests
{
    private static readonly string One = Random(32), Two = Random(48);

    [Fact]
    public void The_same_secret_opens_what_another_process_protected_and_another_secret_does_not()
    {
        var text = With(One).Protect("hello");
        Assert.Equal("hello", With(One).Unprotect(text));
        Assert.Throws<CryptographicException>(() => With(Two).Unprotect(text));
    }

    [Fact]
    public void A_new_secret_protects_and_the_previous_one_is_still_read()
    {
        var before = With(One).Protect("hello");
        var rotated = With(Two, One);
        Assert.Equal("hello", rotated.Unprotect(before));
        var after = rotated.Protect("hello");
        Assert.Equal("hello", With(Two).Unprotect(after));
        Assert.Throws<CryptographicException>(() => With(One).Unprotect(after));
    }

    [Fact]
    public void The_keys_are_the_same_every_time_and_hold_for_centuries()
    {
        var (first, second) = (new DerivedKeys([One, Two]).GetAllElements(), new DerivedKeys([One, Two]).GetAllElements());
        Assert.Equal(first.Select(e => e.ToString()), second.Select(e => e.ToString()));
        Assert.Equal(2, first.Select(e => e.Attribute("id")!.Value).Distinct().Count());
        Assert.All(first, e => Assert.StartsWith("2999", e.Element("expirationDate")!.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "", true, "DataProtection:Secret is missing")]
    [InlineData("", "", false, null)]
    [InlineData("", "/keys", true, null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "", true, null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "/keys", true, "Only one")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "", true, "DataProtection:Secret must be")]
    [InlineData("not base64 at all, though it is long enough!", "", false, "DataProtection:Secret must be")]
    public void A_wrong_setting_is_explained(string secret, string directory, bool required, string? sentence)
    {
        var wrong = PortalKeyOptions.Explain(new() { Secret = secret, KeyDirectory = directory }, required);
        Assert.Equal(sentence is null, wrong is null);
        Assert.Contains(sentence ?? "", wrong ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_previous_secret_is_named()
    {
        Assert.Contains("DataProtection:PreviousSecrets:1", PortalKeyOptions.Explain(new() { Secret = One, PreviousSecrets = [Two, "short"] }, required: true), StringComparison.Ordinal);
        Assert.Null(PortalKeyOptions.Explain(new() { Secret = One, PreviousSecrets = [""] }, required: true));
        Assert.Contains("DataProtection:PreviousSecrets", PortalKeyOptions.Explain(new() { KeyDirectory = "/keys", PreviousSecrets = [Two] }, required: true), StringComparison.Ordinal);
    }

    private static IDataProtector With(params IReadOnlyList<string> secrets)
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName("slipway-web").DisableAutomaticKeyGeneration();
        services.Configure<KeyManagementOptions>(management => management.XmlRepository = new DerivedKeys(secrets));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    private static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
