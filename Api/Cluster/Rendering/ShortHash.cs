using System.Security.Cryptography;
using System.Text;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>A hash that fits into names.</summary>
internal static class ShortHash
{
    /// <summary>The first <paramref name="digits"/> hexadecimal digits of the text's SHA-256.</summary>
    public static string Of(string text, int digits) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..digits];
}
