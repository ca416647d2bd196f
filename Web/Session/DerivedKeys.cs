using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Slipway.Web.Session;

/// <summary>
/// A fixed data protection key ring, derived from secrets (HKDF, RFC 5869) instead of read from a store. The first secret's key protects; the
/// keys of the others only read.
/// </summary>
/// <param name="secrets">In base64, the current one first.</param>
sealed class DerivedKeys(IReadOnlyList<string> secrets) : IXmlRepository
{
    // AES-256 and HMAC-SHA256 are derived from a master key of 512 bits, as the ones that ASP.NET Core generates.
    private const int MasterKeyBytes = 64;

    // The same in every replica and after every restart. The key with the newest activation date is the one that protects.
    private static readonly DateTimeOffset Activation = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), Expiration = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements() => [.. secrets.Select((secret, age) => Key(Convert.FromBase64String(secret), Activation.AddDays(-age)))];

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName) =>
        throw new NotSupportedException("The data protection keys are derived from the setting DataProtection:Secret; none can be added or revoked.");

    private static XElement Key(byte[] secret, DateTimeOffset activation)
    {
        using var masterKey = new Secret(Derive(secret, MasterKeyBytes, "slipway-web data protection master key v1"));
        var descriptor = new AuthenticatedEncryptorDescriptor(new AuthenticatedEncryptorConfiguration
        {
            EncryptionAlgorithm = EncryptionAlgorithm.AES_256_CBC,
            ValidationAlgorithm = ValidationAlgorithm.HMACSHA256,
        }, masterKey).ExportToXml();
        return new("key",
            new XAttribute("id", new Guid(Derive(secret, 16, "slipway-web data protection key id v1"))),
            new XAttribute("version", 1),
            new XElement("creationDate", Text(activation)),
            new XElement("activationDate", Text(activation)),
            new XElement("expirationDate", Text(Expiration)),
            new XElement("descriptor", new XAttribute("deserializerType", descriptor.DeserializerType.AssemblyQualifiedName!), descriptor.SerializedDescriptorElement));
    }

    private static byte[] Derive(byte[] secret, int length, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, length, info: Encoding.UTF8.GetBytes(purpose));

    private static string Text(DateTimeOffset date) => date.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>How the portal gets its data protection keys.</summary>
static class PortalKeys
{
    /// <summary>Derives the keys from a secret, or keeps them in a folder. A wrong setting stops the process with a sentence.</summary>
    public static void AddPortalKeys(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("DataProtection").Get<PortalKeyOptions>() ?? new();
        if (PortalKeyOptions.Explain(options, builder.Environment.IsProduction()) is { } wrong)
        {
            throw new InvalidOperationException(wrong);
        }

        var keys = builder.Services.AddDataProtection().SetApplicationName("slipway-web");
        if (options.Secret.Length > 0)
        {
            var derived = new DerivedKeys([options.Secret, .. options.PreviousSecrets.Where(previous => previous.Length > 0 && previous != options.Secret)]);
            keys.DisableAutomaticKeyGeneration();
            builder.Services.Configure<KeyManagementOptions>(management => management.XmlRepository = derived);
        }
        else if (options.KeyDirectory.Length > 0)
        {
            keys.PersistKeysToFileSystem(new DirectoryInfo(options.KeyDirectory));
        }
    }
}
