using System.Globalization;

namespace Slipway.Web.Words;

/// <summary>How long ago something was, or how soon it will be, as people say it.</summary>
static class AgoWords
{
    public static string Say(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        // A minute ahead is a clock that goes a little fast.
        { TotalMinutes: <= -1 } ahead => Ahead(-ahead, at),
        { TotalSeconds: < 20 } => "just now",
        { TotalMinutes: < 1 } => "a moment ago",
        { TotalMinutes: < 60 } age => $"{(int)age.TotalMinutes} min ago",
        { TotalHours: < 24 } age => Count((int)age.TotalHours, "hour"),
        { TotalDays: < 31 } age => Count((int)age.TotalDays, "day"),
        _ => Date(at),
    };

    /// <summary>The exact time, for whoever points at it.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Ahead(TimeSpan time, DateTimeOffset at) => time switch
    {
        { TotalMinutes: < 59.5 } => $"in {time.TotalMinutes:0} min",
        { TotalHours: < 23.5 } => $"in {Plural(time.TotalHours, "hour")}",
        { TotalDays: < 31 } => $"in {Plural(time.TotalDays, "day")}",
        _ => $"on {Date(at)}",
    };

    private static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private static string Count(int number, string unit) => $"{Plural(number, unit)} ago";

    private static string Plural(double number, string unit) => Math.Round(number) is var whole && whole == 1 ? $"1 {unit}" : $"{whole:0} {unit}s";
}
