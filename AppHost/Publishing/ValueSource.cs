using System.Globalization;
using System.Text.RegularExpressions;

namespace Slipway.AppHost.Publishing;

/// <summary>Where the rendering of objects takes values from: an operator's, or placeholders that become a chart's expressions.</summary>
abstract class ValueSource
{
    /// <summary>A text.</summary>
    public abstract string Text(string path);

    /// <summary>A whole number.</summary>
    public abstract int Number(string path);

    /// <summary>A quantity of Kubernetes.</summary>
    public abstract string Quantity(string path);

    /// <summary>A flag as a setting's text.</summary>
    public abstract string FlagText(string path);

    /// <summary>A flag that decides which objects there are; a chart has those of the default.</summary>
    public abstract bool Decides(string path);

    /// <summary>A text that decides which objects there are; a chart has those of the default.</summary>
    public abstract string Decision(string path);

    /// <summary>Further settings; a chart has none.</summary>
    public abstract IReadOnlyDictionary<string, string> Map(string path);

    protected static ValueDefinition Definition(string path) =>
        InstallationValues.All.FirstOrDefault(v => v.Path == path) ?? throw new InvalidOperationException($"There is no value '{path}'.");
}

/// <summary>An operator's values, over the defaults.</summary>
sealed class GivenValues(IReadOnlyDictionary<string, object> given) : ValueSource
{
    public override string Text(string path) => Convert.ToString(Get(path), CultureInfo.InvariantCulture)!;

    public override int Number(string path) => Convert.ToInt32(Get(path), CultureInfo.InvariantCulture);

    public override string Quantity(string path) => Text(path);

    public override string FlagText(string path) => Decides(path) ? "true" : "false";

    public override bool Decides(string path) => (bool)Get(path);

    public override string Decision(string path) => Text(path);

    public override IReadOnlyDictionary<string, string> Map(string path) => (IReadOnlyDictionary<string, string>)Get(path);

    private object Get(string path) => given.TryGetValue(path, out var value) ? value : Definition(path).Default;
}

/// <summary>
/// Placeholders that survive being typed and written as YAML: an unusual text, or for numbers and quantities an unusual number.
/// <see cref="ToExpressions"/> makes a chart's expressions of them.
/// </summary>
sealed partial class ChartPlaceholders : ValueSource
{
    // Six digits that nothing else in the manifests has.
    private const int FirstNumber = 918_000;

    private readonly List<string> numbers = [];

    public override string Text(string path) => $"zz.{Definition(path).Path}.zz";

    public override int Number(string path)
    {
        var index = numbers.IndexOf(Definition(path).Path);
        if (index < 0)
        {
            index = numbers.Count;
            numbers.Add(path);
        }

        return FirstNumber + index;
    }

    public override string Quantity(string path) => Number(path).ToString(CultureInfo.InvariantCulture);

    public override string FlagText(string path) => Text(path);

    public override bool Decides(string path) => (bool)Definition(path).Default;

    public override string Decision(string path) => Convert.ToString(Definition(path).Default, CultureInfo.InvariantCulture)!;

    public override IReadOnlyDictionary<string, string> Map(string path) => new Dictionary<string, string>();

    /// <summary>The YAML with the placeholders as expressions. A text is quoted: what an operator sets may look like a number or a flag.</summary>
    public string ToExpressions(string yaml) => string.Join('\n', yaml.Split('\n').Select(Line));

    private string Line(string line)
    {
        var withNumbers = NumberPlaceholder().Replace(line, match =>
            int.Parse(match.Value.Trim('"', '\''), CultureInfo.InvariantCulture) - FirstNumber is var index && index < numbers.Count ? $"{{{{ .Values.{numbers[index]} }}}}" : match.Value);
        if (!TextPlaceholder().IsMatch(withNumbers))
        {
            return withNumbers;
        }

        var scalar = Scalar().Match(withNumbers);
        var value = scalar.Groups[2].Value.Trim('"', '\'').Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"{scalar.Groups[1].Value}\"{TextPlaceholder().Replace(value, match => $"{{{{ .Values.{match.Groups[1].Value} }}}}")}\"";
    }

    [GeneratedRegex(@"[""']?\b918\d{3}\b[""']?", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NumberPlaceholder();

    [GeneratedRegex(@"zz\.([A-Za-z.]+?)\.zz", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TextPlaceholder();

    // "  - key: value", "  - value", "  key: value".
    [GeneratedRegex(@"\A(\s*(?:- )?(?:[\w./-]+: )?)(.*)\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Scalar();
}
