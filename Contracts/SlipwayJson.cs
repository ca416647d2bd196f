using System.Text.Json;
using System.Text.Json.Serialization;

namespace Slipway.Contracts;

/// <summary>The one JSON dialect of the API: camelCase names, enums as their names, unknown members refused.</summary>
public static class SlipwayJson
{
    /// <summary>The options used by the client; the API configures its own with <see cref="Configure"/>.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Makes <paramref name="options"/> speak the dialect.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        // A misspelled field that is silently ignored is a deployment that silently does the wrong thing.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new ChangeConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        // A newer server may know fields that this client does not.
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.RespectRequiredConstructorParameters = false;
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
