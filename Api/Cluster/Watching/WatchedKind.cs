using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Watching;

/// <summary>A kind of object that is watched, in all namespaces.</summary>
/// <param name="Name">Such as <c>Pod</c>.</param>
/// <param name="Path">Where its list is, below the cluster's address, without a leading slash.</param>
/// <param name="Selector">Which of them: the part of a query after the <c>?</c>; empty for all.</param>
/// <param name="Look">Takes what is kept of an object; null where it is of no interest.</param>
internal sealed record WatchedKind<T>(string Name, Func<ClusterTraits, string> Path, string Selector, Func<T, Sighting?> Look)
    where T : class, IKubernetesObject<V1ObjectMeta>;

/// <summary>What is kept of an object.</summary>
/// <param name="Version">Its resource version: the same version is the same object.</param>
/// <param name="Detail">What is seen of it beyond its identity, such as an <see cref="ObservedPod"/>.</param>
internal sealed record Sighting(ObservedObject Object, string Version, object? Detail);

/// <summary>An event with the pod that it is about.</summary>
internal sealed record PodEvent(string Pod, ObservedEvent Event);
