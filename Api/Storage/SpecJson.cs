using System.Collections.Concurrent;
using System.Text.Json;

namespace Slipway.Api.Storage;

/// <summary>
/// An app's spec as it is stored. Specs never change, and the same ones are read again with every list, so what was read once is not
/// parsed again.
/// </summary>
static class SpecJson
{
    // Some megabytes at most; a platform with more different specs than this parses some of them again.
    private const int MostKept = 10_000;

    private static readonly ConcurrentDictionary<string, AppSpec> Kept = new(StringComparer.Ordinal);

    public static string Write(AppSpec spec) => JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);

    public static AppSpec Read(string json)
    {
        if (Kept.TryGetValue(json, out var kept))
        {
            return kept;
        }

        if (Kept.Count >= MostKept)
        {
            Kept.Clear();
        }

        return Kept[json] = JsonSerializer.Deserialize<AppSpec>(json, JsonSerializerOptions.Web)!;
    }
}
