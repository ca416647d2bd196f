using System.Globalization;
using k8s;
using k8s.Models;
using Slipway.Contracts;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>What a project consists of in the cluster.</summary>
public sealed record ProjectInput(Guid ProjectId, string Project, RenderSettings Settings)
{
    /// <summary>The project's own limits; what is null in them is the platform's setting.</summary>
    public ProjectQuota? Quota { get; init; }

    /// <summary>Where the project's private images come from.</summary>
    public IReadOnlyList<RegistryLogin> Registries { get; init; } = [];
}

/// <summary>Turns a project into its objects. Pure.</summary>
public static class ProjectRenderer
{
    /// <summary>The service account of every app: it may do nothing, and no token of it is mounted.</summary>
    public const string ServiceAccount = "app";

    private const string Name = "slipway";

    /// <summary>The objects of a project in its namespace.</summary>
    public static IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Render(ProjectInput input) =>
        [Account(input), RegistrySecret.Render(Metadata(input, RegistrySecret.Name), input.Registries), Limits(input), Quota(input), Isolation(input)];

    /// <summary>
    /// The namespace. What its pods may do is bounded by the pod security standard "baseline", which ordinary images meet; what falls
    /// short of "restricted" is only remarked on (kubernetes.io/docs/concepts/security/pod-security-standards).
    /// </summary>
    public static V1Namespace Namespace(Guid projectId, string project)
    {
        var labels = LabelsOf(projectId, project);
        labels["pod-security.kubernetes.io/enforce"] = "baseline";
        labels["pod-security.kubernetes.io/warn"] = "restricted";
        return new V1Namespace { ApiVersion = "v1", Kind = V1Namespace.KubeKind, Metadata = new V1ObjectMeta { Name = project, Labels = labels } };
    }

    private static V1ServiceAccount Account(ProjectInput input) => new()
    {
        ApiVersion = "v1",
        Kind = V1ServiceAccount.KubeKind,
        Metadata = Metadata(input, ServiceAccount),
        AutomountServiceAccountToken = false,
        ImagePullSecrets = [new V1LocalObjectReference { Name = RegistrySecret.Name }],
    };

    // Apps name their resources always; this is for what somebody starts in the namespace by hand.
    private static V1LimitRange Limits(ProjectInput input) => new()
    {
        ApiVersion = "v1",
        Kind = V1LimitRange.KubeKind,
        Metadata = Metadata(input, Name),
        Spec = new V1LimitRangeSpec
        {
            Limits =
            [
                new V1LimitRangeItem
                {
                    Type = "Container",
                    DefaultProperty = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("500m"), ["memory"] = new("256Mi") },
                    DefaultRequest = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("25m"), ["memory"] = new("64Mi") },
                },
            ],
        },
    };

    // Every resource that is counted makes each creation of it wait for one more write. Pods and deployments bound all else.
    private static V1ResourceQuota Quota(ProjectInput input) => new()
    {
        ApiVersion = "v1",
        Kind = V1ResourceQuota.KubeKind,
        Metadata = Metadata(input, Name),
        Spec = new V1ResourceQuotaSpec
        {
            Hard = new Dictionary<string, ResourceQuantity>
            {
                ["pods"] = new((input.Quota?.Pods ?? input.Settings.Quota.Pods).ToString()),
                ["count/deployments.apps"] = new(input.Settings.Quota.Deployments.ToString()),
                ["requests.cpu"] = new(input.Quota?.Cpu?.ToString(CultureInfo.InvariantCulture) ?? input.Settings.Quota.RequestsCpu),
                ["requests.memory"] = new(input.Quota?.MemoryMiB is { } mebibytes ? $"{mebibytes}Mi" : input.Settings.Quota.RequestsMemory),
            },
        },
    };

    /// <summary>
    /// Traffic into the project's pods comes from its own pods, from the pods of namespaces that are no project (an ingress controller,
    /// Prometheus, cluster DNS), and from outside of the pod network, which is where traffic to a node port and the kubelet's probes come
    /// from. What is left out are the pods of other projects. A network policy only ever allows, so "all but other projects" has to be
    /// said as the three that may; the last cannot name the nodes, whose addresses change, and so names everything but the pod network.
    /// It takes a network plugin that enforces policies (k0s: kube-router or Calico do).
    /// </summary>
    private static V1NetworkPolicy Isolation(ProjectInput input) => new()
    {
        ApiVersion = "networking.k8s.io/v1",
        Kind = V1NetworkPolicy.KubeKind,
        Metadata = Metadata(input, Name),
        Spec = new V1NetworkPolicySpec
        {
            PodSelector = new V1LabelSelector(),
            PolicyTypes = ["Ingress"],
            Ingress =
            [
                new V1NetworkPolicyIngressRule
                {
                    FromProperty =
                    [
                        new V1NetworkPolicyPeer { PodSelector = new V1LabelSelector() },
                        new V1NetworkPolicyPeer
                        {
                            NamespaceSelector = new V1LabelSelector
                            {
                                MatchExpressions =
                                [
                                    new V1LabelSelectorRequirement { Key = Labels.ManagedBy, OperatorProperty = "NotIn", Values = [Labels.ManagedByValue] },
                                ],
                            },
                        },
                        Outside("0.0.0.0/0", input.Settings.Quota.PodNetworks.Where(n => !n.Contains(':'))),
                        Outside("::/0", input.Settings.Quota.PodNetworks.Where(n => n.Contains(':'))),
                    ],
                },
            ],
        },
    };

    private static V1NetworkPolicyPeer Outside(string all, IEnumerable<string> podNetworks)
    {
        var except = podNetworks.ToList();
        return new V1NetworkPolicyPeer { IpBlock = new V1IPBlock { Cidr = all, Except = except.Count == 0 ? null : except } };
    }

    private static V1ObjectMeta Metadata(ProjectInput input, string name) => new()
    {
        Name = name,
        NamespaceProperty = input.Project,
        Labels = LabelsOf(input.ProjectId, input.Project),
    };

    private static Dictionary<string, string> LabelsOf(Guid projectId, string project) => new()
    {
        [Labels.ManagedBy] = Labels.ManagedByValue,
        [Labels.Project] = project,
        [Labels.ProjectId] = projectId.ToString(),
    };
}
