using System.Security.Claims;
using System.Text.Json;

namespace Slipway.Api.Accounts.Provider;

/// <summary>Whom the provider says somebody is.</summary>
/// <param name="Issuer">The provider, as it names itself.</param>
/// <param name="Subject">The person there: never given to anybody else (OpenID Connect Core, 2).</param>
/// <param name="EmailVerified">Whether the provider vouches for the address.</param>
/// <param name="Values">The values of the claim that roles go by; null where the provider keeps them elsewhere and did not say them.</param>
public sealed record ProviderIdentity(string Issuer, string Subject, string? Email, bool EmailVerified, IReadOnlySet<string>? Values)
{
    private const string EmailClaim = "email", VerifiedClaim = "email_verified", ElsewhereClaim = "_claim_names";

    /// <summary>What a checked identity token says, with what it leaves out from the user info endpoint.</summary>
    /// <param name="more">The answer of that endpoint; null where it was not asked.</param>
    public static ProviderIdentity Of(ClaimsIdentity token, JsonElement? more, ProviderOptions options)
    {
        string? One(string claim) => All(claim).FirstOrDefault();
        IEnumerable<string> All(string claim) => token.HasClaim(c => c.Type == claim) ? token.FindAll(claim).Select(c => c.Value) : More(more, claim);
        return new(
            token.FindFirst("iss")!.Value,
            token.FindFirst("sub")!.Value,
            One(EmailClaim) is { Length: > 0 } email ? email : null,
            options.TrustEmail || string.Equals(One(VerifiedClaim), "true", StringComparison.OrdinalIgnoreCase),
            Elsewhere(token, options.RoleClaim) && More(more, options.RoleClaim).Count == 0 ? null : All(options.RoleClaim).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Whether the token leaves something out that is needed.</summary>
    public static bool IsShort(ClaimsIdentity token, ProviderOptions options) =>
        !token.HasClaim(c => c.Type == EmailClaim) || (!options.TrustEmail && !token.HasClaim(c => c.Type == VerifiedClaim))
        || (options.Roles.Count > 0 && !token.HasClaim(c => c.Type == options.RoleClaim));

    // Of somebody in very many groups some providers say only where the groups could be asked for (OpenID Connect Core, 5.6.2).
    private static bool Elsewhere(ClaimsIdentity token, string claim) =>
        token.FindFirst(ElsewhereClaim) is { Value: var names } && names.Contains($"\"{claim}\"", StringComparison.Ordinal);

    private static IReadOnlyList<string> More(JsonElement? more, string claim) => more is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(claim, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray().Where(v => v.ValueKind is JsonValueKind.String).Select(v => v.GetString()!)],
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.True => ["true"],
            _ => [],
        }
        : [];
}
