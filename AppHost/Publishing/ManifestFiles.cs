using System.Security.Cryptography;
using System.Text;
using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>The objects as files: plain ones with a kustomization, or the templates of a chart.</summary>
static class ManifestFiles
{
    private const string ChecksumAnnotation = "slipway.dev/settings-checksum";

    /// <summary>Path -> text, for <c>kubectl apply -k</c>. A changed setting replaces the pods that read it.</summary>
    public static IReadOnlyDictionary<string, string> Plain(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        AddChecksums(objects);
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in objects.GroupBy(FileOf))
        {
            files[group.Key] = ToYaml(group);
        }

        files["kustomization.yaml"] = $"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n{string.Concat(objects.Select(FileOf).Distinct().Select(f => $"- {f}\n"))}";
        return files;
    }

    /// <summary>Path -> text, for Helm.</summary>
    public static IReadOnlyDictionary<string, string> Chart(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects, ChartPlaceholders placeholders, string version)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in objects.GroupBy(FileOf))
        {
            files[$"templates/{group.Key}"] = placeholders.ToExpressions(ToYaml(group));
        }

        files["Chart.yaml"] = $"""
            apiVersion: v2
            name: slipway
            version: {version}
            appVersion: {version}
            kubeVersion: ">= 1.21.0-0"
            description: From a container image link to a running app
            type: application

            """;
        files["values.yaml"] = ValuesFile.Defaults();
        files["values.schema.json"] = ValuesSchema.ToJson();
        return files;
    }

    private static string FileOf(IKubernetesObject<V1ObjectMeta> item) => item is V1Namespace ? "namespace.yaml" : $"{item.Metadata.Labels["app.kubernetes.io/component"]}.yaml";

    private static string ToYaml(IEnumerable<IKubernetesObject<V1ObjectMeta>> objects) => string.Concat(objects.Select(o => $"---\n{KubernetesYaml.Serialize(o).TrimEnd()}\n"));

    private static void AddChecksums(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        foreach (var item in objects)
        {
            var template = item switch
            {
                V1Deployment deployment => deployment.Spec.Template,
                V1StatefulSet set => set.Spec.Template,
                _ => null,
            };
            if (template is not null)
            {
                var component = item.Metadata.Labels["app.kubernetes.io/component"];
                var read = objects.Where(o => o is V1ConfigMap or V1Secret && o.Metadata.Labels["app.kubernetes.io/component"] == component);
                var hash = SHA256.HashData(Encoding.UTF8.GetBytes(ToYaml(read)));
                template.Metadata.Annotations = new Dictionary<string, string> { [ChecksumAnnotation] = Convert.ToHexStringLower(hash)[..16] };
            }
        }
    }
}
