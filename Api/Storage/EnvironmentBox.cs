using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Slipway.Api.Storage;

/// <summary>Where the key that environments are encrypted with comes from: <c>Encryption:Key</c>, base64 of 32 bytes.</summary>
public sealed record EncryptionOptions
{
    public string Key { get; init; } = "";

    /// <summary>What is wrong with the key, as a sentence; null where nothing is.</summary>
    public static string? Explain(EncryptionOptions options)
    {
        var bytes = new byte[64];
        return Convert.TryFromBase64String(options.Key, bytes, out var length) && length == 32
            ? LooksRandom(bytes.AsSpan(0, length)) ? null : "The setting Encryption:Key is no random key but a pattern. Make one with 'openssl rand -base64 32', and keep it."
            : "The setting Encryption:Key must be 32 random bytes in base64 (openssl rand -base64 32). Keep it: without it no stored environment can be read.";
    }

    // Of 32 random bytes fewer than 16 are different once in 10^15 times.
    private static bool LooksRandom(ReadOnlySpan<byte> bytes)
    {
        var seen = new HashSet<byte>();
        foreach (var value in bytes)
        {
            seen.Add(value);
        }

        return seen.Count >= 16;
    }
}

/// <summary>
/// Seals what is secret and has to be read again, such as the values of an app's environment, with AES-256-GCM. Layout: version (1 byte),
/// nonce (12), tag (16), ciphertext. The owner's id is authenticated with it, so that a row copied to another owner does not open.
/// </summary>
public sealed class EnvironmentBox(IOptions<EncryptionOptions> options)
{
    private const byte Version = 1;
    private const int NonceSize = 12, TagSize = 16, HeaderSize = 1 + NonceSize + TagSize;
    private readonly byte[] key = Convert.FromBase64String(options.Value.Key);

    /// <summary>Encrypts <paramref name="environment"/> for the app <paramref name="appId"/>.</summary>
    public byte[] Seal(Guid appId, IReadOnlyDictionary<string, string> environment) => SealBytes(appId, JsonSerializer.SerializeToUtf8Bytes(environment));

    /// <summary>Decrypts what <see cref="Seal"/> made for the same app; throws where the key is another one or the bytes were changed.</summary>
    public IReadOnlyDictionary<string, string> Open(Guid appId, byte[] sealedBytes) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(OpenBytes(appId, sealedBytes))!;

    /// <summary>Encrypts a text that belongs to <paramref name="owner"/>.</summary>
    public byte[] SealText(Guid owner, string text) => SealBytes(owner, Encoding.UTF8.GetBytes(text));

    /// <summary>Decrypts what <see cref="SealText"/> made for the same owner.</summary>
    public string OpenText(Guid owner, byte[] sealedBytes) => Encoding.UTF8.GetString(OpenBytes(owner, sealedBytes));

    private byte[] SealBytes(Guid owner, byte[] plain)
    {
        var sealedBytes = new byte[HeaderSize + plain.Length];
        sealedBytes[0] = Version;
        var nonce = sealedBytes.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(HeaderSize), sealedBytes.AsSpan(1 + NonceSize, TagSize), owner.ToByteArray());
        return sealedBytes;
    }

    private byte[] OpenBytes(Guid owner, byte[] sealedBytes)
    {
        if (sealedBytes.Length < HeaderSize || sealedBytes[0] != Version)
        {
            throw new CryptographicException("What is stored has a layout that this version does not know.");
        }

        var plain = new byte[sealedBytes.Length - HeaderSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(sealedBytes.AsSpan(1, NonceSize), sealedBytes.AsSpan(HeaderSize), sealedBytes.AsSpan(1 + NonceSize, TagSize), plain, owner.ToByteArray());
        return plain;
    }
}
