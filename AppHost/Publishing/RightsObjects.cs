using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>
/// What Slipway's accounts may do in the cluster. The API looks after the kinds of objects that a project and its apps consist of, and reads
/// what became of them; it may not read or change roles, nodes, volumes or workloads of other kinds, and cannot give itself more. Prometheus
/// reads the kubelets' metrics and where Slipway's own processes are.
/// </summary>
sealed class RightsObjects(ObjectParts parts)
{
    private static readonly string[] All = ["get", "list", "watch", "create", "update", "patch", "delete"], Read = ["get", "list", "watch"];

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> RenderApi() => Role("api",
    [
        Rule("", ["namespaces", "services", "secrets", "serviceaccounts", "resourcequotas", "limitranges"], All),
        Rule("apps", ["deployments"], All),
        Rule("networking.k8s.io", ["networkpolicies", "ingresses"], All),
        Rule("policy", ["poddisruptionbudgets"], All),
        Rule("", ["pods", "events"], Read),
        Rule("", ["pods/log"], ["get"]),
    ]);

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> RenderPrometheus() => Role("prometheus",
    [
        Rule("", ["nodes", "services", "endpoints", "pods"], Read),
        Rule("", ["nodes/metrics"], ["get"]),
        new() { NonResourceURLs = ["/metrics"], Verbs = ["get"] },
    ]);

    // Rights in the whole cluster are named by the namespace, so that two installations do not share them.
    private IEnumerable<IKubernetesObject<V1ObjectMeta>> Role(string component, V1PolicyRule[] rules)
    {
        var name = $"{parts.Namespace}-{component}";
        yield return new V1ClusterRole { ApiVersion = "rbac.authorization.k8s.io/v1", Kind = "ClusterRole", Metadata = ObjectParts.ClusterMeta(name, component), Rules = rules };
        yield return new V1ClusterRoleBinding
        {
            ApiVersion = "rbac.authorization.k8s.io/v1",
            Kind = "ClusterRoleBinding",
            Metadata = ObjectParts.ClusterMeta(name, component),
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = name },
            Subjects = [new() { Kind = "ServiceAccount", Name = $"slipway-{component}", NamespaceProperty = parts.Namespace }],
        };
    }

    private static V1PolicyRule Rule(string group, string[] resources, string[] verbs) => new() { ApiGroups = [group], Resources = resources, Verbs = verbs };
}
