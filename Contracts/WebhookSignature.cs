using System.Security.Cryptography;
using System.Text;

namespace Slipway.Contracts;

/// <summary>The signature of a webhook's request; see <see cref="WebhookMessage"/>. A receiver in C# can check with this very code.</summary>
public static class WebhookSignature
{
    /// <summary>The value of <c>Slipway-Signature</c>: <c>v1=</c> and lower-case hexadecimal.</summary>
    /// <param name="timestamp">The value of <c>Slipway-Timestamp</c>.</param>
    /// <param name="body">The bytes of the body, as they came.</param>
    public static string Of(string secret, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes($"{timestamp}."));
        hmac.AppendData(body);
        return $"v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }

    /// <summary>Whether a request is the sender's and not older than <paramref name="patience"/>; takes the same time whatever is wrong with it.</summary>
    public static bool IsRight(string secret, long timestamp, ReadOnlySpan<byte> body, string signature, DateTimeOffset now, TimeSpan patience) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Of(secret, timestamp, body)), Encoding.ASCII.GetBytes(signature))
        && Math.Abs(now.ToUnixTimeSeconds() - timestamp) <= patience.TotalSeconds;
}
