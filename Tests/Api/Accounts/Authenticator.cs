using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Slipway.Tests.Api.Accounts;

/// <summary>
/// An authenticator app (RFC 6238: HMAC-SHA-1, 30 seconds, six digits), written from the RFC and not from the code it tests. Time stands
/// still for it: its codes count from the moment it was made, which the API accepts for a minute.
/// </summary>
sealed class Authenticator(string key)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648, section 6.
    private const int StepSeconds = 30;

    private readonly byte[] secret = Decode(key);
    private readonly long begin = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code that it shows this many times 30 seconds after it was made.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 as every authenticator app has it.")]
    public string Code(int steps = 0)
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, begin + steps);
        var hash = HMACSHA1.HashData(secret, counter);
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6");
    }

    /// <summary>Six digits that are no code of it, anywhere near now.</summary>
    public string WrongCode()
    {
        var right = Enumerable.Range(-20, 41).Select(Code).ToHashSet();
        return Enumerable.Range(0, 100).Select(n => n.ToString("D6")).First(code => !right.Contains(code));
    }

    private static byte[] Decode(string text)
    {
        var (bytes, bits, held) = (new List<byte>(), 0, 0);
        foreach (var letter in text.TrimEnd('='))
        {
            held = ((held << 5) | Base32.IndexOf(letter, StringComparison.Ordinal)) & 0xFFF;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(held >> bits));
            }
        }

        return [.. bytes];
    }
}
