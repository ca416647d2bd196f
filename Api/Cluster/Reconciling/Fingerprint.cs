using System.Security.Cryptography;
using System.Text.Json;
using k8s;
using k8s.Models;
using Slipway.Api.Cluster.Rendering;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// A hash over the part of an object that Slipway decides about. It is the same for the answer to an apply and for what a watch
/// reports later, until somebody changes that part: status, other people's labels, annotations of controllers and what the cluster
/// allocates (addresses, ports of nodes) are left out.
/// </summary>
public static class Fingerprint
{
    /// <summary>The hash, in 32 hexadecimal digits.</summary>
    public static string Of(IKubernetesObject<V1ObjectMeta> item)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in OurLabels(item.Metadata))
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(new[] { key, value }));
        }

        hash.AppendData(CanonicalJson.Of(KubernetesJson.Serialize(OurPart(item))));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static IEnumerable<KeyValuePair<string, string>> OurLabels(V1ObjectMeta? metadata) =>
        (metadata?.Labels ?? new Dictionary<string, string>())
            .Where(l => l.Key is Labels.ManagedBy or Labels.Project or Labels.ProjectId or Labels.AppName or Labels.AppId or Labels.Release
                || l.Key.StartsWith("pod-security.kubernetes.io/", StringComparison.Ordinal))
            .OrderBy(l => l.Key, StringComparer.Ordinal);

    private static object OurPart(IKubernetesObject<V1ObjectMeta> item) => item switch
    {
        V1Deployment { Spec: { } spec } => new
        {
            spec.Replicas,
            spec.Selector,
            spec.Strategy,
            spec.MinReadySeconds,
            spec.ProgressDeadlineSeconds,
            spec.RevisionHistoryLimit,
            spec.Paused,
            // Other marks on the pods are how kubectl rollout restart and the like work.
            Labels = OurLabels(spec.Template.Metadata).ToDictionary(),
            RestartedAt = spec.Template.Metadata?.Annotations?.TryGetValue(Labels.RestartedAt, out var at) is true ? at : null,
            Pod = spec.Template.Spec,
        },
        V1Service { Spec: { } spec } => new
        {
            spec.Selector,
            spec.Type,
            Ports = spec.Ports?.Select(p => new { p.Name, p.Port, p.TargetPort, p.Protocol }),
            spec.ExternalName,
            spec.ExternalIPs,
            spec.ExternalTrafficPolicy,
            spec.LoadBalancerIP,
            spec.SessionAffinity,
        },
        V1Secret secret => new { secret.Type, secret.Data },
        V1Ingress { Spec: { } spec } => spec,
        V1PodDisruptionBudget { Spec: { } spec } => spec,
        V1ResourceQuota { Spec: { } spec } => spec,
        V1LimitRange { Spec: { } spec } => spec,
        V1NetworkPolicy { Spec: { } spec } => spec,
        // Some clusters add Secrets of their own.
        V1ServiceAccount account => new { account.AutomountServiceAccountToken, Registries = account.ImagePullSecrets?.Any(s => s.Name == RegistrySecret.Name) is true },
        _ => new { },
    };
}
