using System.Text;
using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>
/// The Secret with a release's environment. One for each release, so that pods of the release before keep theirs while they are replaced.
/// </summary>
public static class EnvironmentSecret
{
    private const string Infix = "-env-";

    /// <summary>The Secret's name.</summary>
    public static string Name(string app, int release) => $"{app}{Infix}{release}";

    /// <summary>The release whose environment a Secret of the app holds; null where the name is not of that form.</summary>
    public static int? Release(string app, string name) =>
        name.StartsWith(app + Infix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(app.Length + Infix.Length), out var release) ? release : null;

    /// <summary>Null where there are no variables.</summary>
    internal static V1Secret? Render(RenderInput input)
    {
        if (input.Environment.Count == 0)
        {
            return null;
        }

        var metadata = AppRenderer.Metadata(input, Name(input.App, input.Release));
        metadata.Labels[Labels.Release] = input.Release.ToString();
        return new V1Secret
        {
            ApiVersion = "v1",
            Kind = V1Secret.KubeKind,
            Metadata = metadata,
            Type = "Opaque",
            Data = input.Environment.OrderBy(v => v.Key, StringComparer.Ordinal).ToDictionary(v => v.Key, v => Encoding.UTF8.GetBytes(v.Value)),
        };
    }
}
