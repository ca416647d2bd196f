using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.Contracts;

/// <summary>A time with points in it, at the same distance from one another.</summary>
/// <param name="From">The first point.</param>
/// <param name="To">The last point.</param>
/// <param name="Step">The distance.</param>
public sealed partial record MetricsWindow(DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    /// <summary>The most points of a chart.</summary>
    public const int MaxPoints = 500;

    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15), Longest = TimeSpan.FromDays(30), Finest = TimeSpan.FromSeconds(5);

    private static readonly int[] Steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

    /// <summary>How many points there are.</summary>
    public int Points => (int)((To - From) / Step) + 1;

    /// <summary>
    /// The window that ends about now. Who asks within the same few seconds gets the same one, so that its answer can be shared.
    /// </summary>
    /// <param name="error">The field that is wrong (<c>range</c> or <c>step</c>) and what is wrong with it; null where nothing is.</param>
    public static MetricsWindow? Read(string? range, string? step, DateTimeOffset now, out (string Field, string Sentence)? error)
    {
        error = null;
        if (Span(range ?? "1h") is not { } length || length < Shortest || length > Longest)
        {
            error = ("range", "A range is 15m to 30d, such as '15m', '6h' or '7d'.");
            return null;
        }

        var distance = TimeSpan.FromSeconds(Steps.First(s => length.TotalSeconds / s < MaxPoints));
        if (step is not null)
        {
            if (Span(step) is not { } wanted || wanted < Finest || wanted > length)
            {
                error = ("step", "A step is at least 5s and at most the range, such as '30s' or '5m'.");
                return null;
            }

            if (length / wanted >= MaxPoints)
            {
                error = ("step", $"That are more than {MaxPoints} points: take a longer step or a shorter range.");
                return null;
            }

            distance = wanted;
        }

        var grid = (long)Math.Clamp(distance.TotalSeconds / 3, 5, 60);
        var end = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() / grid * grid);
        return new(end - (Math.Floor(length / distance) * distance), end, distance);
    }

    private static TimeSpan? Span(string text) => Length().Match(text) is { Success: true } match
        ? TimeSpan.FromSeconds(double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * match.Groups[2].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86_400 })
        : null;

    [GeneratedRegex(@"\A([0-9]{1,7})([smhd])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Length();
}
