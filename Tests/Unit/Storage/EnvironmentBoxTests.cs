using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Slipway.Api.Storage;

namespace Slipway.Tests.Unit.Storage;

public sealed class EnvironmentBoxTests
{
    private static readonly EnvironmentBox Box = New();
    private static readonly Dictionary<string, string> Environment = new() { ["A"] = "$(X) \"quotes\"\r\n😀", ["EMPTY"] = "" };

    [Fact]
    public void What_was_sealed_opens_byte_for_byte()
    {
        var app = Guid.NewGuid();

        Assert.Equal(Environment, Box.Open(app, Box.Seal(app, Environment)));
    }

    [Fact]
    public void What_is_stored_has_neither_names_nor_values_in_it()
    {
        var stored = Encoding.Latin1.GetString(Box.Seal(Guid.NewGuid(), new Dictionary<string, string> { ["CANARY_NAME"] = "canary value" }));

        Assert.DoesNotContain("canary", stored, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Another_app_another_key_and_changed_bytes_do_not_open_it()
    {
        var app = Guid.NewGuid();
        var stored = Box.Seal(app, Environment);
        var changed = stored.ToArray();
        changed[^1] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => Box.Open(Guid.NewGuid(), stored));
        Assert.ThrowsAny<CryptographicException>(() => New().Open(app, stored));
        Assert.ThrowsAny<CryptographicException>(() => Box.Open(app, changed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("c2hvcnQ=")]
    public void A_key_that_is_none_is_explained(string key) => Assert.Contains("Encryption:Key", EncryptionOptions.Explain(new() { Key = key }), StringComparison.Ordinal);

    private static EnvironmentBox New() => new(Options.Create(new EncryptionOptions { Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) }));
}
