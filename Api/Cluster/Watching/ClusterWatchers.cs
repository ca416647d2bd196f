using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace Slipway.Api.Cluster.Watching;

/// <summary>Runs one watcher for each kind that is looked at: one list and one watch a process, however many ask.</summary>
internal sealed class ClusterWatchers(
    ClusterConnection cluster, ClusterState state, WatchMetrics metrics, IOptions<ClusterOptions> options, TimeProvider time,
    ILogger<ClusterWatchers> log) : BackgroundService
{
    private const string Ours = "labelSelector=" + Labels.ManagedBy + "%3D" + Labels.ManagedByValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // All namespaces: a project's name must be free among everybody's.
        var namespaces = Watcher(new WatchedKind<V1Namespace>("Namespace", _ => "api/v1/namespaces", "", Sightings.OfNamespace));
        // Events carry no labels: whose they are is known by their namespace.
        var events = Watcher(new WatchedKind<Corev1Event>("Event", _ => "api/v1/events", "fieldSelector=involvedObject.kind%3DPod", LookAtEvent));
        var watchers = new List<(string Kind, Func<CancellationToken, Task> Run)>
        {
            ("Namespace", namespaces.Run),
            ("Event", async cancel =>
            {
                await namespaces.Listed.WaitAsync(cancel);
                await events.Run(cancel);
            }),
            Of(new WatchedKind<V1Pod>("Pod", _ => "api/v1/pods", Ours, Sightings.OfPod)),
            Of(new WatchedKind<V1Deployment>("Deployment", _ => "apis/apps/v1/deployments", Ours, Sightings.OfDeployment)),
            Of(new WatchedKind<V1Service>("Service", _ => "api/v1/services", Ours, Sightings.OfService)),
            Of(new WatchedKind<V1Ingress>("Ingress", _ => "apis/networking.k8s.io/v1/ingresses", Ours, Sightings.OfIngress)),
            Of(Plain<V1Secret>(_ => "api/v1/secrets")),
            Of(Plain<V1ServiceAccount>(_ => "api/v1/serviceaccounts")),
            Of(Plain<V1ResourceQuota>(_ => "api/v1/resourcequotas")),
            Of(Plain<V1LimitRange>(_ => "api/v1/limitranges")),
            Of(Plain<V1NetworkPolicy>(_ => "apis/networking.k8s.io/v1/networkpolicies")),
            // Both versions have the fields that we use.
            Of(Plain<V1PodDisruptionBudget>(t => t.HasPolicyV1 ? "apis/policy/v1/poddisruptionbudgets" : "apis/policy/v1beta1/poddisruptionbudgets")),
        };
        state.Await(watchers.Select(w => w.Kind));
        log.LogInformation("Watching the cluster at {Address}", cluster.Address);
        try
        {
            await Task.WhenAll(watchers.Select(w => Task.Run(() => w.Run(stoppingToken), CancellationToken.None)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private static WatchedKind<T> Plain<T>(Func<ClusterTraits, string> path)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(typeof(T).Name["V1".Length..], path, Ours, item => Sightings.Of(item));

    private (string Kind, Func<CancellationToken, Task> Run) Of<T>(WatchedKind<T> kind)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        (kind.Name, Watcher(kind).Run);

    private KindWatcher<T> Watcher<T>(WatchedKind<T> kind)
        where T : class, IKubernetesObject<V1ObjectMeta> => new(kind, cluster, state, metrics, options, time, log);

    // What goes on in other people's namespaces is not kept.
    private Sighting? LookAtEvent(Corev1Event item) =>
        state.Find("Namespace", "", item.Metadata.NamespaceProperty) is { ManagedBySlipway: false } ? null : Sightings.OfEvent(item);
}
