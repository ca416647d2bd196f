using System.Globalization;
using System.Text;

namespace Slipway.Api.Monitoring;

/// <summary>
/// Writes series in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats). A family's series are written
/// together, right after it is named.
/// </summary>
public sealed class SeriesText
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();
    private string family = "";

    /// <summary>Begins a family.</summary>
    /// <param name="type"><c>gauge</c> or <c>counter</c>.</param>
    public SeriesText Family(string name, string type, string help)
    {
        family = name;
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>A series of the family that was begun last.</summary>
    public SeriesText Add(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(family);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            Escape(labels[i].Value);
            text.Append('"');
        }

        text.Append(labels.Length == 0 ? " " : "} ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public override string ToString() => text.ToString();

    private void Escape(string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }
}
