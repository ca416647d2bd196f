using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>The API and the portal, and what operators and the model set of them.</summary>
sealed class ProjectObjects(ObjectParts parts, IResource project, ProjectSettings settings)
{
    // Long enough for a proxy to notice, and short of the pod's grace period.
    private const int DrainSeconds = 5;

    private const int Port = 8080;

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> Render()
    {
        var name = project.Name;
        yield return parts.ServiceAccount(name);
        yield return new V1ConfigMap { ApiVersion = "v1", Kind = "ConfigMap", Metadata = parts.Meta($"{name}-settings", name), Data = settings.Plain };
        yield return new V1Secret { ApiVersion = "v1", Kind = "Secret", Metadata = parts.Meta($"{name}-secrets", name), Type = "Opaque", StringData = settings.Secret };
        yield return Deployment();
        yield return PublicService();
        yield return DisruptionBudget();
    }

    private V1Deployment Deployment()
    {
        var name = project.Name;
        var container = parts.Container(name, "http", Port, name == "api" ? "100m" : "50m", name == "api" ? "192Mi" : "128Mi", parts.Values.Quantity($"{name}.memory"));
        container.EnvFrom = [new() { ConfigMapRef = new() { Name = $"{name}-settings" } }, new() { SecretRef = new() { Name = $"{name}-secrets" } }];
        container.StartupProbe = ObjectParts.HttpProbe("/alive", 2, 60);
        container.LivenessProbe = ObjectParts.HttpProbe("/alive", 10, 3);
        container.ReadinessProbe = ObjectParts.HttpProbe("/health", 5, 2);
        var pod = parts.Pod(name, ObjectParts.AppUser, container, []);
        pod.TerminationGracePeriodSeconds = DrainSeconds + 30;
        pod.TopologySpreadConstraints =
        [
            new() { MaxSkew = 1, TopologyKey = "kubernetes.io/hostname", WhenUnsatisfiable = "ScheduleAnyway", LabelSelector = new() { MatchLabels = ObjectParts.Selector(name) } },
        ];
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = parts.Meta(name, name),
            Spec = new()
            {
                Replicas = parts.Values.Number($"{name}.replicas"),
                RevisionHistoryLimit = 3,
                Selector = new() { MatchLabels = ObjectParts.Selector(name) },
                Strategy = new() { Type = "RollingUpdate", RollingUpdate = new() { MaxSurge = "1", MaxUnavailable = "0" } },
                Template = new() { Metadata = new() { Labels = ObjectParts.Labels(name) }, Spec = pod },
            },
        };
    }

    private V1Service PublicService() => parts.Service(project.Name, Port, "http", spec =>
    {
        if (!project.Annotations.OfType<EndpointAnnotation>().Any(e => e.IsExternal))
        {
            return;
        }

        // A page holds a connection to one replica: the Ingress keeps it there by a cookie, whoever comes without one by the address.
        spec.SessionAffinity = "ClientIP";
        if (!parts.Values.Decides("ingress.enabled"))
        {
            spec.Type = "NodePort";
            spec.Ports[0].NodePort = parts.Values.Number("web.nodePort");
        }
    });

    // Kubernetes 1.20 has policy/v1beta1 only; the two have the same fields.
    private V1PodDisruptionBudget DisruptionBudget() => new()
    {
        ApiVersion = parts.Values.Decision("kubernetesVersion") == "1.20" ? "policy/v1beta1" : "policy/v1",
        Kind = "PodDisruptionBudget",
        Metadata = parts.Meta(project.Name, project.Name),
        Spec = new() { MaxUnavailable = "1", Selector = new() { MatchLabels = ObjectParts.Selector(project.Name) } },
    };
}
