using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts.Provider;

/// <summary>
/// What has to be remembered while somebody is at the provider. Whoever began keeps it, sealed, in their browser: no replica has to
/// remember anything, and nobody else can end what they began.
/// </summary>
/// <param name="State">Comes back with the person (RFC 6749, 10.12).</param>
/// <param name="Nonce">Comes back in the identity token (OpenID Connect Core, 3.1.2.1).</param>
/// <param name="Verifier">Shows the provider that whoever brings the code is the one who began (RFC 7636).</param>
sealed record ProviderRequest(string State, string Nonce, string Verifier, DateTimeOffset Until)
{
    /// <summary>How long somebody may stay at the provider.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const int IdSize = 16, MaxLength = 2048;

    public static ProviderRequest New(string nonce, DateTimeOffset now) => new(Secrets.New(), nonce, Secrets.New(), now + Lifetime);

    /// <summary>What is shown of the verifier beforehand (RFC 7636, 4.2: S256).</summary>
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>As text that only the API can read.</summary>
    public string Seal(EnvironmentBox box)
    {
        var id = Guid.NewGuid();
        return Base64Url.EncodeToString([.. id.ToByteArray(), .. box.SealText(id, JsonSerializer.Serialize(this))]);
    }

    /// <summary>What was sealed; null where it was not, was changed, is too old, or has another state.</summary>
    public static ProviderRequest? Open(EnvironmentBox box, string text, string state, DateTimeOffset now)
    {
        if (text.Length > MaxLength || !Base64Url.IsValid(text) || Base64Url.DecodeFromChars(text) is not { Length: > IdSize } bytes)
        {
            return null;
        }

        try
        {
            var opened = JsonSerializer.Deserialize<ProviderRequest>(box.OpenText(new(bytes.AsSpan(0, IdSize)), bytes[IdSize..]));
            return opened is { State: not null, Verifier: not null } && opened.Until > now
                && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(opened.State), Encoding.UTF8.GetBytes(state)) ? opened : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }
}
