using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Api.Accounts;

/// <summary>
/// Secrets that are handed out and stored as hashes only. They have 256 random bits, so a fast hash does, and looking a hash up in an
/// index tells a guesser nothing about how near a guess was.
/// </summary>
static class Secrets
{
    /// <summary>A new secret, safe in a URL.</summary>
    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>SHA-256 of a secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
