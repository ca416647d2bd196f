using System.Text.Json;

namespace Slipway.Api.Alerts;

/// <summary>What Alertmanager posts to a webhook, version 4 (prometheus.io/docs/alerting/latest/configuration/#webhook_config), as far as it is used.</summary>
sealed record AlertmanagerMessage
{
    /// <summary>The most alerts in one message.</summary>
    public const int Most = 2000;

    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web);

    public required string Version { get; init; }

    public required IReadOnlyList<AlertmanagerAlert> Alerts { get; init; }

    /// <summary>Reads a body; null where it is not such a message.</summary>
    public static async Task<AlertmanagerMessage?> Read(Stream body, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<AlertmanagerMessage>(body, Lenient, cancel) is { Version: "4", Alerts: { Count: <= Most } alerts } message
                && alerts.All(a => a is { Labels: not null, Fingerprint.Length: > 0 and <= 64, Status: "firing" or "resolved" }) ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One alert of a message.</summary>
/// <param name="Status"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="EndsAt">When it was over, where it is; else a time that means nothing.</param>
/// <param name="Fingerprint">A hash of the labels.</param>
sealed record AlertmanagerAlert(
    string Status, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string>? Annotations, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string Fingerprint)
{
    private const int Longest = 1000;

    public bool IsFiring => Status is "firing";

    /// <summary>A label, without what a database cannot hold; null where there is none.</summary>
    public string? Label(string name) => Labels.TryGetValue(name, out var value) && value is { Length: > 0 } ? Plain(value) : null;

    /// <summary>An annotation; empty where there is none.</summary>
    public string Annotation(string name) => Annotations?.TryGetValue(name, out var value) is true && value is not null ? Plain(value) : "";

    private static string Plain(string text) => (text.Length > Longest ? text[..Longest] : text).Replace('\0', ' ');
}
