using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Api.Monitoring;

/// <summary>
/// An expression of PromQL, which can only be put together from parts that are escaped
/// (prometheus.io/docs/prometheus/latest/querying/basics). Names are constants of the code: one that is none throws.
/// </summary>
public sealed partial record PromQl
{
    private readonly string text;

    private PromQl(string text) => this.text = text;

    /// <summary>The series of a metric that have exactly these label values, whatever the values contain.</summary>
    public static PromQl Series(string metric, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var built = new StringBuilder(Checked(metric, MetricName())).Append('{');
        for (var i = 0; i < labels.Length; i++)
        {
            built.Append(i == 0 ? "" : ",").Append(Checked(labels[i].Name, LabelName())).Append('=').Append(Quote(labels[i].Value));
        }

        return new(built.Append('}').ToString());
    }

    /// <summary>A function over the samples of the time before each point, such as <c>avg_over_time</c>.</summary>
    public PromQl Over(string function, TimeSpan time) =>
        new($"{Checked(function, LabelName())}({text}[{((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}ms])");

    /// <summary>The same series with one more label.</summary>
    public PromQl Labelled(string name, string value) => new($"label_replace({text},{Quote(Checked(name, LabelName()))},{Quote(value.Replace("$", "$$", StringComparison.Ordinal))},\"\",\"\")");

    /// <summary>Both; of series with the same labels the first's.</summary>
    public PromQl Or(PromQl other) => new($"{text} or {other.text}");

    /// <summary>A string literal of PromQL, in double quotes: everything but plain ASCII is written as an escape.</summary>
    public static string Quote(string value)
    {
        var built = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => built.Append(@"\\"),
                '"' => built.Append("\\\""),
                >= ' ' and <= '~' => built.Append((char)rune.Value),
                <= 0xFFFF => built.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => built.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return built.Append('"').ToString();
    }

    /// <summary>The expression.</summary>
    public override string ToString() => text;

    private static string Checked(string name, Regex rule) => rule.IsMatch(name) ? name : throw new ArgumentException($"'{name}' is no name of PromQL.", nameof(name));

    [GeneratedRegex(@"\A[a-z_][a-z0-9_:]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\A[a-z_][a-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();
}
