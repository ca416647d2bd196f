namespace Slipway.Api.Alerts;

/// <summary>The settings <c>Alerts:*</c>.</summary>
public sealed record AlertOptions
{
    private const int ShortestToken = 16;

    /// <summary>What Alertmanager shows as a bearer token; without one no alerts are taken.</summary>
    public string Token { get; init; } = "";

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(AlertOptions options) => options.Token.Length is 0 or >= ShortestToken ? null
        : $"The setting Alerts:Token must have at least {ShortestToken} characters (openssl rand -hex 32).";
}
