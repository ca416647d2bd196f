using System.Globalization;

namespace Slipway.Web.Words;

/// <summary>How long ago something was, as people say it.</summary>
static class AgoWords
{
    public static string Say(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 20 } => "just now",
        { TotalMinutes: < 1 } => "a moment ago",
        { TotalMinutes: < 60 } age => $"{(int)age.TotalMinutes} min ago",
        { TotalHours: < 24 } age => Count((int)age.TotalHours, "hour"),
        { TotalDays: < 31 } age => Count((int)age.TotalDays, "day"),
        _ => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The exact time, for whoever points at it.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Count(int number, string unit) => number == 1 ? $"1 {unit} ago" : $"{number} {unit}s ago";
}
