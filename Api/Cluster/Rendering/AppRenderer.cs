using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>Turns a release into the objects that run it. Pure: the same input gives the same objects.</summary>
public static class AppRenderer
{
    /// <summary>The objects of an app. The Deployment comes last: what its pods need is there before them.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Render(RenderInput input) =>
        [.. new IKubernetesObject<V1ObjectMeta>?[]
        {
            EnvironmentSecret.Render(input),
            AppService.Render(input),
            AppIngress.Render(input),
            AppDisruptionBudget.Render(input),
            AppDeployment.Render(input),
        }.OfType<IKubernetesObject<V1ObjectMeta>>()];

    /// <summary>The metadata of an app's object.</summary>
    internal static V1ObjectMeta Metadata(RenderInput input, string name) => new()
    {
        Name = name,
        NamespaceProperty = input.Project,
        Labels = LabelsOf(input),
    };

    internal static Dictionary<string, string> LabelsOf(RenderInput input) => new()
    {
        [Labels.ManagedBy] = Labels.ManagedByValue,
        [Labels.Project] = input.Project,
        [Labels.AppName] = input.App,
        [Labels.AppId] = input.AppId.ToString(),
    };

    /// <summary>Chooses the app's pods, of whatever release.</summary>
    internal static Dictionary<string, string> Selector(RenderInput input) => new() { [Labels.AppId] = input.AppId.ToString() };
}
