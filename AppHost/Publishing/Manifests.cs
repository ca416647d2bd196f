using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>All objects of an installation, from the model and the operator's values.</summary>
static class Manifests
{
    /// <summary>The objects, in the order in which they can be applied.</summary>
    /// <param name="repository">Where deploy/ is.</param>
    public static async Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> Render(
        DistributedApplicationModel model, DistributedApplicationExecutionContext execution, ValueSource values, string repository, CancellationToken cancel)
    {
        var parts = new ObjectParts(values);
        var withMonitoring = values.Decides("prometheus.enabled");
        List<IKubernetesObject<V1ObjectMeta>> objects = [Namespace(parts), .. new RightsObjects(parts).RenderApi()];
        objects.AddRange(new NetworkObjects(parts).Render(withMonitoring));
        foreach (var resource in model.GetComputeResources())
        {
            switch (resource)
            {
                case PostgresServerResource postgres:
                    objects.AddRange(new PostgresObjects(parts, postgres).Render());
                    break;
                case ProjectResource project:
                    objects.AddRange(new ProjectObjects(parts, project, await ProjectSettings.Of(project, values, execution, cancel)).Render());
                    break;
                default:
                    throw new DistributedApplicationException($"Nobody has said yet how '{resource.Name}' runs in a cluster.");
            }
        }

        if (withMonitoring)
        {
            objects.AddRange(new RightsObjects(parts).RenderPrometheus());
            objects.AddRange(new MonitoringObjects(parts, Path.Combine(repository, "deploy", "prometheus")).Render());
        }

        return objects;
    }

    // "restricted" takes no container that runs as root, as the one does that gives a node's folder to its user.
    private static V1Namespace Namespace(ObjectParts parts)
    {
        var meta = ObjectParts.ClusterMeta(parts.Namespace, "namespace");
        meta.Labels["pod-security.kubernetes.io/enforce"] = parts.IsOnNode ? "baseline" : "restricted";
        return new() { ApiVersion = "v1", Kind = "Namespace", Metadata = meta };
    }
}
