namespace Slipway.Api.Cluster;

/// <summary>What the cluster's API server offers, as it said when it first answered.</summary>
/// <param name="Major">Kubernetes 1.20 has 1.</param>
/// <param name="Minor">Kubernetes 1.20 has 20.</param>
/// <param name="GroupVersions">The API groups with their versions that it serves, such as <c>policy/v1</c>.</param>
public sealed record ClusterTraits(int Major, int Minor, IReadOnlySet<string> GroupVersions)
{
    /// <summary>Whether it is this version of Kubernetes or a later one.</summary>
    public bool IsAtLeast(int major, int minor) => (Major, Minor).CompareTo((major, minor)) >= 0;

    /// <summary>A container's <c>preStop</c> hook may be a plain sleep (KEP-3960, on by default from 1.30).</summary>
    public bool HasPreStopSleep => IsAtLeast(1, 30);

    /// <summary>PodDisruptionBudgets are in <c>policy/v1</c> (from 1.21) rather than <c>policy/v1beta1</c>.</summary>
    public bool HasPolicyV1 => GroupVersions.Contains("policy/v1");

    /// <summary>HorizontalPodAutoscalers are in <c>autoscaling/v2</c> (from 1.23).</summary>
    public bool HasAutoscalingV2 => GroupVersions.Contains("autoscaling/v2");

    /// <summary>Ingresses are in <c>networking.k8s.io/v1</c> (from 1.19).</summary>
    public bool HasIngressV1 => GroupVersions.Contains("networking.k8s.io/v1");
}
