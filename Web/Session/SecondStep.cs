using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Slipway.Web.Session;

/// <summary>
/// Carries address and password from the first step of signing in to the second, which asks for the authenticator's code: through the
/// browser, but sealed, so that the password is never in a page.
/// </summary>
sealed class SecondStep(IDataProtectionProvider protection)
{
    /// <summary>How long somebody may look for their phone.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Slipway.Web.SecondStep").ToTimeLimitedDataProtector();

    public string Seal(string email, string password) => protector.Protect(JsonSerializer.Serialize(new Pair(email, password)), Lifetime);

    /// <summary>What was sealed; null where that was too long ago, or not by this portal.</summary>
    public (string Email, string Password)? Open(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Pair>(protector.Unprotect(text)) is { } pair ? (pair.Email, pair.Password) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Pair(string Email, string Password);
}
