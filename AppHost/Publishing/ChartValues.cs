using System.Text;

namespace Slipway.AppHost.Publishing;

/// <summary>
/// A chart's <c>values.yaml</c>: what an operator sets. <c>parameters</c> are images and ports, <c>secrets</c> are left empty,
/// <c>config</c> is everything else a process reads. Below each, a part per resource.
/// </summary>
sealed class ChartValues
{
    static readonly string[] Sections = ["parameters", "secrets", "config"];

    readonly Dictionary<(string Section, string Resource), SortedDictionary<string, object>> _values = [];

    /// <summary>Remembers a value (a text or a number) and returns the template expression that stands for it.</summary>
    public string Add(string section, string resource, string key, object value)
    {
        resource = Name(resource);
        key = Name(key);
        if (!_values.TryGetValue((section, resource), out var part))
        {
            _values[(section, resource)] = part = new(StringComparer.Ordinal);
        }

        part[key] = value;
        return Expression(section, resource, key);
    }

    /// <summary>The same for a value that several resources use: it stays with the first of them.</summary>
    public string Shared(string section, string resource, string key, object value) =>
        _values.Where(v => v.Key.Section == section && v.Value.ContainsKey(Name(key))).Select(v => Expression(section, v.Key.Resource, key)).FirstOrDefault()
        ?? Add(section, resource, key, value);

    public static string Expression(string section, string resource, string key) => $"{{{{ .Values.{section}.{Name(resource)}.{Name(key)} }}}}";

    public string ToYaml()
    {
        var yaml = new StringBuilder();
        foreach (var section in Sections)
        {
            var parts = _values.Where(v => v.Key.Section == section).OrderBy(v => v.Key.Resource, StringComparer.Ordinal).ToList();
            yaml.Append(parts.Count == 0 ? $"{section}: {{}}\n" : $"{section}:\n");
            foreach (var ((_, resource), part) in parts)
            {
                yaml.Append($"  {resource}:\n");
                foreach (var (key, value) in part)
                {
                    yaml.Append($"    {key}: {(value is string text ? Yaml.Quote(text) : value)}\n");
                }
            }
        }

        return yaml.ToString();
    }

    /// <summary>Names in an expression's path can't have a hyphen (Helm best practices, Values).</summary>
    static string Name(string name) => name.Replace('-', '_');
}

/// <summary>Scalars of YAML.</summary>
static class Yaml
{
    /// <summary>A double-quoted scalar (YAML 1.2, 7.3.1); template expressions in it stay as they are.</summary>
    public static string Quote(string text) => '"' + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + '"';
}
