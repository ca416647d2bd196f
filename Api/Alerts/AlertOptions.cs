namespace Slipway.Api.Alerts;

/// <summary>The settings <c>Alerts:*</c>.</summary>
public sealed record AlertOptions
{
    private const int ShortestToken = 16;

    /// <summary>What Alertmanager shows as a bearer token; without one no alerts are taken.</summary>
    public string Token { get; init; } = "";

    /// <summary>
    /// After how many hours an alert counts as over of which Alertmanager says nothing any more. More than twice the time in which it
    /// repeats itself (<c>repeat_interval</c> in <c>deploy/prometheus/alertmanager.yml</c>).
    /// </summary>
    public double ForgetHours { get; init; } = 3;

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(AlertOptions options) => options switch
    {
        { Token.Length: > 0 and < ShortestToken } => $"The setting Alerts:Token must have at least {ShortestToken} characters (openssl rand -hex 32).",
        { ForgetHours: not (> 0 and <= 720) } => "The setting Alerts:ForgetHours must be more than 0 and at most 720.",
        _ => null,
    };
}
