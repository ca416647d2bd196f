using System.Net;

namespace Slipway.Api.Notifications;

/// <summary>The settings <c>Notifications:*</c>.</summary>
public sealed record NotificationOptions
{
    /// <summary>Lets channels reach addresses of private networks, of this machine and of the cluster, and plain http://.</summary>
    public bool AllowPrivateAddresses { get; init; }

    /// <summary>Ranges that are refused as private ones are, such as a cluster's pods and services where those have public addresses.</summary>
    public IReadOnlyList<string> RefusedRanges { get; init; } = [];

    /// <summary>Where Telegram's Bot API is.</summary>
    public string TelegramUrl { get; init; } = "https://api.telegram.org";

    /// <summary>How long after the first failed try the second one is, in seconds; the wait doubles with every one after that.</summary>
    public double FirstRetrySeconds { get; init; } = 5;

    /// <summary>The longest wait between two tries, in seconds.</summary>
    public double LongestRetrySeconds { get; init; } = 600;

    /// <summary>After how long a message that cannot be delivered is given up, in hours.</summary>
    public double GiveUpHours { get; init; } = 24;

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(NotificationOptions options) => options switch
    {
        { FirstRetrySeconds: not (>= 0.1 and <= 3600) } => "The setting Notifications:FirstRetrySeconds must be 0.1 to 3600.",
        _ when !(options.LongestRetrySeconds >= options.FirstRetrySeconds && options.LongestRetrySeconds <= 86_400) =>
            "The setting Notifications:LongestRetrySeconds must be at least Notifications:FirstRetrySeconds, and at most 86400.",
        { GiveUpHours: not (> 0 and <= 720) } => "The setting Notifications:GiveUpHours must be more than 0 and at most 720.",
        _ when !Uri.TryCreate(options.TelegramUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") =>
            $"The setting Notifications:TelegramUrl is '{options.TelegramUrl}'; it must be an address such as 'https://api.telegram.org'.",
        _ when options.RefusedRanges.FirstOrDefault(r => !IPNetwork.TryParse(r, out _)) is { } wrong =>
            $"The setting Notifications:RefusedRanges has '{wrong}'; it must be a list of address ranges such as '203.0.113.0/24'.",
        _ => null,
    };

    /// <summary>How long to wait after the failed try number <paramref name="attempt"/>, from 1.</summary>
    /// <param name="random">Uniform in [0, 1): up to a half is taken off, so that many who failed together do not come back together.</param>
    public TimeSpan Delay(int attempt, double random) => TimeSpan.FromSeconds(
        Math.Min(LongestRetrySeconds, FirstRetrySeconds * Math.Pow(2, Math.Clamp(attempt - 1, 0, 30))) * (1 - random / 2));
}
