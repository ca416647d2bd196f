namespace Slipway.Web.Session;

/// <summary>The settings <c>DataProtection:*</c>: the keys that sign-in cookies and forms are protected with.</summary>
sealed record PortalKeyOptions
{
    private const int MinSecretBytes = 32;

    /// <summary>At least 32 random bytes in base64 from which the key is derived: every replica with the same secret has the same key, and none is stored.</summary>
    public string Secret { get; init; } = "";

    /// <summary>Earlier values of <see cref="Secret"/>: what they protected is still read.</summary>
    public IReadOnlyList<string> PreviousSecrets { get; init; } = [];

    /// <summary>A folder that outlives the process, where keys are generated and kept; the alternative to <see cref="Secret"/>.</summary>
    public string KeyDirectory { get; init; } = "";

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    /// <param name="required">Whether the keys must outlive the process, as in production.</param>
    public static string? Explain(PortalKeyOptions options, bool required) => options switch
    {
        { Secret: "", KeyDirectory: "" } when required =>
            "The setting DataProtection:Secret is missing: 32 random bytes in base64 ('openssl rand -base64 32'), the same for every replica, from which the keys of sign-in cookies are derived. Or set DataProtection:KeyDirectory, a folder that outlives the process. Without either every restart signs everybody out.",
        { Secret.Length: > 0, KeyDirectory.Length: > 0 } => "Only one of the settings DataProtection:Secret and DataProtection:KeyDirectory can be used.",
        { Secret: "" } when options.PreviousSecrets.Any(IsSet) => "The setting DataProtection:PreviousSecrets needs DataProtection:Secret.",
        { Secret.Length: > 0 } when !IsSecret(options.Secret) => Wrong("DataProtection:Secret"),
        _ => options.PreviousSecrets.Select((secret, index) => !IsSet(secret) || IsSecret(secret) ? null : Wrong($"DataProtection:PreviousSecrets:{index}")).FirstOrDefault(wrong => wrong is not null),
    };

    // An empty environment variable is one that is not set.
    private static bool IsSet(string text) => text.Length > 0;

    private static bool IsSecret(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && length >= MinSecretBytes;
    }

    private static string Wrong(string setting) => $"The setting {setting} must be at least {MinSecretBytes} random bytes in base64. 'openssl rand -base64 32' makes them.";
}
