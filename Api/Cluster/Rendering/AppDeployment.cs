using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>The Deployment.</summary>
internal static class AppDeployment
{
    public static V1Deployment Render(RenderInput input) => new()
    {
        ApiVersion = "apps/v1",
        Kind = V1Deployment.KubeKind,
        Metadata = AppRenderer.Metadata(input, input.App),
        Spec = new V1DeploymentSpec
        {
            Replicas = input.Stopped ? 0 : input.Spec.Replicas,
            RevisionHistoryLimit = 3,
            ProgressDeadlineSeconds = input.Settings.Options.ProgressDeadlineSeconds,
            Selector = new V1LabelSelector { MatchLabels = AppRenderer.Selector(input) },
            // The old replicas serve until the new ones do.
            Strategy = new V1DeploymentStrategy
            {
                Type = "RollingUpdate",
                RollingUpdate = new V1RollingUpdateDeployment { MaxUnavailable = 0, MaxSurge = 1 },
            },
            Template = new V1PodTemplateSpec { Metadata = PodMetadata(input), Spec = PodSpec(input) },
        },
    };

    private static V1ObjectMeta PodMetadata(RenderInput input)
    {
        var labels = AppRenderer.LabelsOf(input);
        labels[Labels.Release] = input.Release.ToString();
        return new V1ObjectMeta
        {
            Labels = labels,
            Annotations = input.RestartedAt is { } at ? new Dictionary<string, string> { [Labels.RestartedAt] = at.UtcDateTime.ToString("O") } : null,
        };
    }

    private static V1PodSpec PodSpec(RenderInput input) => new()
    {
        ServiceAccountName = ProjectRenderer.ServiceAccount,
        AutomountServiceAccountToken = false,
        // A variable for each Service of the namespace would come and go with the other apps of the project.
        EnableServiceLinks = false,
        TerminationGracePeriodSeconds = input.Settings.Options.TerminationGraceSeconds,
        SecurityContext = new V1PodSecurityContext { SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" } },
        Containers = [AppContainer.Render(input)],
    };
}
