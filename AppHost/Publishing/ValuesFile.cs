using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Slipway.AppHost.Publishing;

/// <summary>values.yaml: written with its defaults and comments, and read as an operator changed it.</summary>
static class ValuesFile
{
    /// <summary>The chart's values.yaml.</summary>
    public static string Defaults()
    {
        var yaml = new StringBuilder("# What an operator sets. Secrets are empty: make them once, keep them, and give them from a file of their own.\n");
        string? section = null;
        foreach (var value in InstallationValues.All.Where(v => !v.ForManifestsOnly))
        {
            var (group, name) = value.Path.Split('.') is [var g, var n] ? (g, n) : (null, value.Path);
            if (group != section && group is not null)
            {
                yaml.Append($"\n{group}:\n");
            }

            section = group;
            var indent = group is null ? "" : "  ";
            yaml.Append($"{indent}# {value.Comment}\n{indent}{name}: {Scalar(value.Default)}\n");
        }

        return yaml.ToString();
    }

    /// <summary>Reads files over each other, the last one counting most. What is wrong comes as sentences, each with the value's path.</summary>
    public static (Dictionary<string, object> Values, IReadOnlyList<string> Problems) Read(IEnumerable<string> files)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var file in files)
        {
            try
            {
                // As texts: whether '1.30' is a number is for the value to say, not for YAML.
                var tree = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>?>(File.ReadAllText(file)) ?? [];
                Walk("", tree, values, problems);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"The file {file} cannot be read: {e.Message}");
            }
            catch (YamlException e)
            {
                problems.Add($"{file}, line {e.Start.Line}: this is no YAML of names and values.");
            }
        }

        foreach (var value in InstallationValues.All.Where(v => v.IsRequired && IsEmpty(values.GetValueOrDefault(v.Path, v.Default))))
        {
            problems.Add($"{value.Path} has to be set. {value.Comment}");
        }

        return (values, problems);
    }

    private static void Walk(string prefix, Dictionary<object, object?> tree, Dictionary<string, object> values, List<string> problems)
    {
        foreach (var (key, value) in tree)
        {
            var path = $"{prefix}{key}";
            var definition = InstallationValues.All.FirstOrDefault(v => v.Path == path);
            if (definition is { Kind: ValueKind.Map })
            {
                if (value is Dictionary<object, object?> map)
                {
                    values[path] = map.ToDictionary(m => $"{m.Key}", m => Convert.ToString(m.Value, CultureInfo.InvariantCulture) ?? "");
                }
                else
                {
                    problems.Add($"{path} has to be names with texts.");
                }
            }
            else if (definition is not null)
            {
                if (Parse(definition, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", problems) is { } parsed)
                {
                    values[path] = parsed;
                }
            }
            else if (value is Dictionary<object, object?> deeper && InstallationValues.All.Any(v => v.Path.StartsWith($"{path}.", StringComparison.Ordinal)))
            {
                Walk($"{path}.", deeper, values, problems);
            }
            else
            {
                problems.Add($"There is no value {path}.");
            }
        }
    }

    private static object? Parse(ValueDefinition definition, string text, List<string> problems)
    {
        switch (definition)
        {
            case { Kind: ValueKind.Flag } when bool.TryParse(text, out var flag):
                return flag;
            case { Kind: ValueKind.Flag }:
                problems.Add($"{definition.Path} is true or false.");
                return null;
            case { Kind: ValueKind.Number, Range: var (min, max) } when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max:
                return number;
            case { Kind: ValueKind.Number, Range: var (min, max) }:
                problems.Add($"{definition.Path} is a whole number from {min} to {max}.");
                return null;
            case { Choices.Count: > 0 } when !definition.Choices.Contains(text):
                problems.Add($"{definition.Path} is one of {string.Join(", ", definition.Choices)}.");
                return null;
            case { Pattern: { } pattern } when text.Length > 0 && !Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)):
                // Never what was given: it may be a secret.
                problems.Add($"{definition.Path} has to be {definition.Shape}.");
                return null;
            default:
                return text;
        }
    }

    private static bool IsEmpty(object value) => value is string { Length: 0 };

    private static string Scalar(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int number => number.ToString(CultureInfo.InvariantCulture),
        _ => $"\"{value}\"",
    };
}
