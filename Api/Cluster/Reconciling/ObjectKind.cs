using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>A kind of object that Slipway creates: where it is found in the cluster's API and how it is read.</summary>
internal sealed record ObjectKind(string Name, string Plural, bool Namespaced, Func<string, IKubernetesObject<V1ObjectMeta>> Read)
{
    private static readonly Dictionary<string, ObjectKind> ByName = new ObjectKind[]
    {
        Typed<V1Namespace>(V1Namespace.KubeKind, V1Namespace.KubePluralName, namespaced: false),
        Typed<V1ServiceAccount>(V1ServiceAccount.KubeKind, V1ServiceAccount.KubePluralName),
        Typed<V1LimitRange>(V1LimitRange.KubeKind, V1LimitRange.KubePluralName),
        Typed<V1ResourceQuota>(V1ResourceQuota.KubeKind, V1ResourceQuota.KubePluralName),
        Typed<V1NetworkPolicy>(V1NetworkPolicy.KubeKind, V1NetworkPolicy.KubePluralName),
        Typed<V1Secret>(V1Secret.KubeKind, V1Secret.KubePluralName),
        Typed<V1Service>(V1Service.KubeKind, V1Service.KubePluralName),
        Typed<V1Ingress>(V1Ingress.KubeKind, V1Ingress.KubePluralName),
        Typed<V1PodDisruptionBudget>(V1PodDisruptionBudget.KubeKind, V1PodDisruptionBudget.KubePluralName),
        Typed<V1Deployment>(V1Deployment.KubeKind, V1Deployment.KubePluralName),
    }.ToDictionary(k => k.Name);

    /// <summary>The kinds that an app can consist of.</summary>
    public static IReadOnlyList<ObjectKind> OfApps { get; } =
        [Of(V1Deployment.KubeKind), Of(V1Ingress.KubeKind), Of(V1Service.KubeKind), Of(V1PodDisruptionBudget.KubeKind), Of(V1Secret.KubeKind)];

    public static ObjectKind Of(string kind) => ByName[kind];

    /// <summary>The kind's API version.</summary>
    public string ApiVersion(bool policyV1) => Name switch
    {
        V1Deployment.KubeKind => "apps/v1",
        V1Ingress.KubeKind or V1NetworkPolicy.KubeKind => "networking.k8s.io/v1",
        V1PodDisruptionBudget.KubeKind => policyV1 ? "policy/v1" : "policy/v1beta1",
        _ => "v1",
    };

    private static ObjectKind Typed<T>(string name, string plural, bool namespaced = true)
        where T : IKubernetesObject<V1ObjectMeta> =>
        new(name, plural, namespaced, json => KubernetesJson.Deserialize<T>(json));
}

/// <summary>An object's place in the cluster.</summary>
internal sealed record ObjectAddress(string ApiVersion, ObjectKind Kind, string Namespace, string Name)
{
    public static ObjectAddress Of(IKubernetesObject<V1ObjectMeta> item) =>
        new(item.ApiVersion, ObjectKind.Of(item.Kind), item.Metadata.NamespaceProperty ?? "", item.Metadata.Name);

    /// <summary>Relative to the cluster's address.</summary>
    public string Path => $"{Collection}/{Name}";

    /// <summary>Where objects of the kind are created and listed.</summary>
    public string Collection =>
        (ApiVersion.Contains('/') ? "apis/" : "api/") + ApiVersion + (Kind.Namespaced ? $"/namespaces/{Namespace}" : "") + $"/{Kind.Plural}";

    /// <summary>As a person would say it.</summary>
    public override string ToString() =>
        Kind.Namespaced ? $"the {Kind.Name} '{Name}' in the namespace '{Namespace}'" : $"the {Kind.Name} '{Name}'";
}
