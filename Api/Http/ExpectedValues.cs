using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Contracts;

namespace Slipway.Api.Http;

/// <summary>What a field or parameter takes, in words, from the name of its type in a message of the framework.</summary>
static partial class ExpectedValues
{
    /// <summary>Such as <c>one of 'viewer', 'editor' or 'creator'</c>, <c>a whole number</c>; null where the message names no type that is known.</summary>
    /// <param name="message">Of a <see cref="JsonException"/> or of a parameter that could not be bound.</param>
    public static string? Describe(string message) => TypeName().Match(message) is { Success: true } match ? DescribeType(match.Groups[1].Value) : null;

    private static string? DescribeType(string name)
    {
        // Nullable<T> and lists name the type within; for a list it is the list that was not there.
        if (List().IsMatch(name))
        {
            return "a list";
        }

        var inner = Nullable().Match(name) is { Success: true } match ? match.Groups[1].Value : name.TrimEnd('?');
        return inner switch
        {
            "System.Int32" or "System.Int64" or "int" or "long" => "a whole number",
            "System.Decimal" or "System.Double" or "decimal" or "double" => "a number",
            "System.Boolean" or "bool" => "true or false",
            "System.String" or "string" => "text",
            "System.Guid" or "Guid" => "an id such as '0190a2b4-5c6d-7e8f-9012-3456789abcde'",
            "System.DateTimeOffset" or "DateTimeOffset" => "a time such as '2026-01-31T12:00:00Z'",
            _ when EnumNamed(inner) is { } type => Choices([.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)]),
            _ when inner.StartsWith("Slipway.", StringComparison.Ordinal) => "an object",
            _ => null,
        };
    }

    private static Type? EnumNamed(string name) => typeof(SlipwayJson).Assembly.GetExportedTypes()
        .FirstOrDefault(type => type.IsEnum && (type.FullName == name || type.Name == name));

    private static string Choices(string[] names) => names switch
    {
        [var only] => $"'{only}'",
        _ => $"one of {string.Join(", ", names[..^1].Select(n => $"'{n}'"))} or '{names[^1]}'",
    };

    // "… could not be converted to TYPE. Path: …", and 'Failed to bind parameter "TYPE name" from "…".'
    [GeneratedRegex("""(?:could not be converted to |Failed to bind parameter ")(\S+?)(?:\.? Path:|\.$|\. | \w+" from)""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\A(?:System\.)?Nullable(?:`1)?[\[<]+([\w.]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Nullable();

    [GeneratedRegex(@"\[\]\z|\ASystem\.Collections\.Generic\.(?:IReadOnlyList|IReadOnlyCollection|IEnumerable|IList|List)`1", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex List();
}
