using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>The Service: <c>http://&lt;app&gt;</c> inside the project, whatever port the container listens on.</summary>
internal static class AppService
{
    public const int Port = 80;

    /// <summary>Null for a worker.</summary>
    public static V1Service? Render(RenderInput input) => input.Spec.Port is not { } port ? null : new V1Service
    {
        ApiVersion = "v1",
        Kind = V1Service.KubeKind,
        Metadata = AppRenderer.Metadata(input, input.App),
        Spec = new V1ServiceSpec
        {
            Type = input.Settings.Exposure.Mode is ExposureMode.NodePort ? "NodePort" : "ClusterIP",
            Selector = AppRenderer.Selector(input),
            // The protocol is part of the key of this list: server-side apply refuses an item without it (kubernetes/kubernetes#92332).
            Ports = [new V1ServicePort { Name = "http", Port = Port, TargetPort = port, Protocol = "TCP" }],
        },
    };
}
