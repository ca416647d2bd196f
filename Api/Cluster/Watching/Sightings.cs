using k8s;
using k8s.Models;
using Slipway.Api.Cluster.Reconciling;

namespace Slipway.Api.Cluster.Watching;

/// <summary>Takes from the cluster's objects what is kept of them, so that thousands fit into little memory. Pure.</summary>
internal static class Sightings
{
    public static Sighting OfPod(V1Pod pod) => Of(pod, "Pod", LookAt(pod), fingerprint: false);

    public static Sighting OfNamespace(V1Namespace item) => Of(item, "Namespace", null);

    public static Sighting OfDeployment(V1Deployment item) => Of(item, "Deployment", LookAt(item));

    public static Sighting OfService(V1Service item)
    {
        var balancer = item.Status?.LoadBalancer?.Ingress is [{ } first, ..] ? first.Hostname ?? first.Ip : null;
        var port = item.Spec?.Ports is [{ } p, ..] ? p : null;
        return Of(item, "Service", new ObservedService(item.Metadata.NamespaceProperty, item.Metadata.Name, item.Spec?.Type ?? "ClusterIP",
            port?.Port, port?.NodePort, balancer));
    }

    public static Sighting OfIngress(V1Ingress item)
    {
        var address = item.Status?.LoadBalancer?.Ingress is [{ } first, ..] ? first.Hostname ?? first.Ip : null;
        return Of(item, "Ingress", new ObservedIngress(item.Metadata.NamespaceProperty, item.Metadata.Name,
            item.Spec?.Rules is [{ } rule, ..] ? rule.Host : null, address));
    }

    /// <summary>An object of which only the identity and the fingerprint matter.</summary>
    public static Sighting Of<T>(T item)
        where T : IKubernetesObject<V1ObjectMeta> => Of(item, typeof(T).Name["V1".Length..], null);

    /// <summary>Warnings about pods, and what was pulled; null for everything else that goes on in a cluster.</summary>
    public static Sighting? OfEvent(Corev1Event item)
    {
        if (item.InvolvedObject is not { Kind: "Pod", Name: { } pod } || (item.Type != "Warning" && item.Reason != "Pulled"))
        {
            return null;
        }

        // The newer event series (events.k8s.io/v1) leave the old fields empty.
        var first = Utc(item.FirstTimestamp) ?? Utc(item.EventTime) ?? Utc(item.Metadata.CreationTimestamp) ?? default;
        var last = Utc(item.Series?.LastObservedTime) ?? Utc(item.LastTimestamp) ?? first;
        var seen = new ObservedEvent(item.Metadata.Name, item.Type == "Warning", item.Reason ?? "", Cut(item.Message) ?? "",
            item.Series?.Count ?? item.Count ?? 1, first, last);
        return Of(item, "Event", new PodEvent(pod, seen), fingerprint: false);
    }

    private static Sighting Of<T>(T item, string kind, object? detail, bool fingerprint = true)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var managed = Labels.IsManaged(item.Metadata);
        return new Sighting(
            new ObservedObject(kind, item.Metadata.NamespaceProperty ?? "", item.Metadata.Name, item.Metadata.Uid,
                fingerprint && managed ? Fingerprint.Of(item) : "", managed, managed ? Labels.Owner(item.Metadata) : null)
            {
                Deleting = item.Metadata.DeletionTimestamp is not null,
            },
            item.Metadata.ResourceVersion ?? "", detail);
    }

    private static ObservedDeployment LookAt(V1Deployment item)
    {
        var conditions = item.Status?.Conditions ?? [];
        return new ObservedDeployment(item.Metadata.NamespaceProperty, item.Metadata.Name, Release(item.Spec?.Template?.Metadata),
            item.Metadata.Generation ?? 0, item.Status?.ObservedGeneration ?? 0, item.Spec?.Replicas ?? 1, item.Status?.Replicas ?? 0,
            item.Status?.UpdatedReplicas ?? 0, item.Status?.ReadyReplicas ?? 0, item.Status?.AvailableReplicas ?? 0,
            conditions.Any(c => c is { Type: "Progressing", Status: "True", Reason: "NewReplicaSetAvailable" }),
            conditions.Any(c => c is { Type: "Progressing", Reason: "ProgressDeadlineExceeded" }),
            conditions.FirstOrDefault(c => c is { Type: "ReplicaFailure", Status: "True" })?.Message);
    }

    private static ObservedPod LookAt(V1Pod pod)
    {
        var conditions = pod.Status?.Conditions ?? [];
        var ready = conditions.FirstOrDefault(c => c.Type == "Ready");
        var scheduled = conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        // Admission may add containers of its own (a service mesh's proxy, say); the app's is the one that was asked for first.
        var name = pod.Spec?.Containers is [{ } container, ..] ? container.Name : null;
        var status = pod.Status?.ContainerStatuses?.FirstOrDefault(c => c.Name == name);
        return new ObservedPod
        {
            Namespace = pod.Metadata.NamespaceProperty,
            Name = pod.Metadata.Name,
            Uid = pod.Metadata.Uid,
            Release = Release(pod.Metadata),
            CreatedAt = Utc(pod.Metadata.CreationTimestamp) ?? default,
            DeletedAt = Utc(pod.Metadata.DeletionTimestamp),
            Phase = pod.Status?.Phase ?? "Pending",
            Reason = pod.Status?.Reason,
            Message = Cut(pod.Status?.Message),
            Node = pod.Spec?.NodeName,
            Address = pod.Status?.PodIP is { Length: > 0 } address ? address : null,
            ScheduledAt = scheduled?.Status == "True" ? Utc(scheduled.LastTransitionTime) : null,
            Unschedulable = scheduled is { Status: "False", Reason: "Unschedulable" } ? Cut(scheduled.Message) ?? "" : null,
            Ready = ready?.Status == "True",
            ReadyChangedAt = Utc(ready?.LastTransitionTime),
            Container = name is null || status is null ? null : LookAt(status),
        };
    }

    private static ObservedContainer LookAt(V1ContainerStatus status) => new()
    {
        Name = status.Name,
        WaitingReason = status.State?.Waiting is { } waiting ? waiting.Reason ?? "ContainerCreating" : null,
        WaitingMessage = Cut(status.State?.Waiting?.Message),
        RunningSince = status.State?.Running is { } running ? Utc(running.StartedAt) ?? default : null,
        Ended = LookAt(status.State?.Terminated),
        LastEnded = LookAt(status.LastState?.Terminated),
        Restarts = status.RestartCount,
    };

    private static ObservedEnd? LookAt(V1ContainerStateTerminated? end) =>
        end is null ? null : new(end.ExitCode, end.Reason, Cut(end.Message), end.Signal, Utc(end.StartedAt), Utc(end.FinishedAt));

    private static int Release(V1ObjectMeta? metadata) =>
        metadata?.Labels?.TryGetValue(Labels.Release, out var text) is true && int.TryParse(text, out var number) ? number : 0;

    // A container's last output is at most 2 KiB or 80 lines (k8s.io/api/core/v1, FallbackToLogsOnError), or 4 KiB of its own choice.
    private static string? Cut(string? text) => text is { Length: > 4096 } ? text[..4096] : text;

    private static DateTimeOffset? Utc(DateTime? time) =>
        time is { } value && value.Year > 1970 ? new DateTimeOffset(DateTime.SpecifyKind(value.ToUniversalTime(), DateTimeKind.Utc)) : null;
}
