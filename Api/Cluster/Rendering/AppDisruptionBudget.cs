using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>
/// Keeps the draining of nodes from taking all replicas at once. With one replica it would keep a node from being drained at all.
/// </summary>
internal static class AppDisruptionBudget
{
    public static V1PodDisruptionBudget? Render(RenderInput input) => input.Stopped || input.Spec.Replicas < 2 ? null : new V1PodDisruptionBudget
    {
        // The two versions have the same shape; they differ in what an empty selector means.
        ApiVersion = input.Settings.PolicyV1 ? "policy/v1" : "policy/v1beta1",
        Kind = V1PodDisruptionBudget.KubeKind,
        Metadata = AppRenderer.Metadata(input, input.App),
        Spec = new V1PodDisruptionBudgetSpec
        {
            MaxUnavailable = 1,
            Selector = new V1LabelSelector { MatchLabels = AppRenderer.Selector(input) },
        },
    };
}
