using System.Text.Json;
using System.Text.Json.Nodes;

namespace Slipway.AppHost.Publishing;

/// <summary>values.schema.json (JSON Schema draft 7, which Helm checks values against): every value with its meaning as a sentence.</summary>
static class ValuesSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson()
    {
        var root = Object("What an operator of Slipway sets.");
        foreach (var value in InstallationValues.All.Where(v => !v.ForManifestsOnly))
        {
            var (group, name) = value.Path.Split('.') is [var g, var n] ? (g, n) : (null, value.Path);
            var parent = root;
            if (group is not null)
            {
                var properties = (JsonObject)root["properties"]!;
                parent = (JsonObject)(properties[group] ??= Object($"The values of {group}."));
                Require(root, group);
            }

            ((JsonObject)parent["properties"]!)[name] = Property(value);
            Require(parent, name);
        }

        // Helm adds these to the values of every chart.
        ((JsonObject)root["properties"]!)["global"] = new JsonObject { ["type"] = "object" };
        root["$schema"] = "http://json-schema.org/draft-07/schema#";
        return $"{root.ToJsonString(Indented)}\n";
    }

    private static JsonObject Object(string description) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["additionalProperties"] = false,
        ["properties"] = new JsonObject(),
        ["required"] = new JsonArray(),
    };

    private static void Require(JsonObject parent, string name)
    {
        var required = (JsonArray)parent["required"]!;
        if (!required.Any(r => r!.GetValue<string>() == name))
        {
            required.Add(name);
        }
    }

    private static JsonObject Property(ValueDefinition value)
    {
        var property = new JsonObject
        {
            ["type"] = value.Kind switch { ValueKind.Number => "integer", ValueKind.Flag => "boolean", _ => "string" },
            ["description"] = value.Shape is null ? value.Comment : $"{value.Comment} It is {value.Shape}.",
        };
        if (value.Range is var (min, max))
        {
            (property["minimum"], property["maximum"]) = (min, max);
        }

        if (value.Choices.Count > 0)
        {
            property["enum"] = new JsonArray([.. value.Choices.Select(c => (JsonNode)c)]);
        }
        else if (value.Pattern is { } pattern)
        {
            property["pattern"] = value.IsRequired ? pattern : $"^$|{pattern}";
        }

        if (value.IsRequired)
        {
            property["minLength"] = 1;
        }

        return property;
    }
}
