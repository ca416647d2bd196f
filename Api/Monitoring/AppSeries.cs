using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>An app as it is counted: what is wanted of it, what is seen of it, and the state that follows.</summary>
public sealed record CountedApp(DesiredApp Wanted, ObservedApp Seen, AppState State);

/// <summary>
/// The series of the apps, for charts and for rules of alerts. Pure. Every process of the API shows the same, so rules take the maximum by
/// project and app. Labels hold names of projects, apps and pods, and words of a fixed set: no text of a user.
/// </summary>
public static class AppSeries
{
    private const string Other = "Other";

    // What the kubelet says of a container that waits (pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go) or has ended.
    private static readonly HashSet<string> Waiting =
    [
        "ContainerCreating", "PodInitializing", "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName",
        "ImageInspectError", "RegistryUnavailable", "CreateContainerConfigError", "CreateContainerError", "RunContainerError",
    ];

    private static readonly HashSet<string> Ended = ["Completed", "Error", "OOMKilled", "ContainerCannotRun", "StartError", "DeadlineExceeded", "Evicted"];

    /// <summary>Writes the series of these apps.</summary>
    public static void Write(SeriesText text, IReadOnlyList<CountedApp> apps)
    {
        text.Family("slipway_app_status", "gauge", "1 for the status that the app has.");
        Each(apps, (app, project, name) => text.Add(1, project, name, ("status", app.State.ToString())));
        text.Family("slipway_apps", "gauge", "Apps of a project by status.");
        foreach (var project in apps.GroupBy(a => a.Wanted.Project))
        {
            foreach (var state in Enum.GetValues<AppState>())
            {
                text.Add(project.Count(a => a.State == state), ("project", project.Key), ("status", state.ToString()));
            }
        }

        text.Family("slipway_app_replicas_wanted", "gauge", "Replicas that are asked for; 0 while the app is stopped.");
        Each(apps, (app, project, name) => text.Add(app.Wanted.Stopped ? 0 : app.Wanted.Spec.Replicas, project, name));
        text.Family("slipway_app_replicas_ready", "gauge", "Replicas that get traffic.");
        Each(apps, (app, project, name) => text.Add(app.Seen.Pods.Count(p => p is { Ready: true, DeletedAt: null }), project, name));
        text.Family("slipway_app_cpu_limit_cores", "gauge", "Cores that each replica may use.");
        Each(apps, (app, project, name) => text.Add((double)app.Wanted.Spec.Resources.Cpu, project, name));
        text.Family("slipway_app_memory_limit_bytes", "gauge", "Memory that each replica may use.");
        Each(apps, (app, project, name) => text.Add(app.Wanted.Spec.Resources.MemoryMiB * 1048576.0, project, name));
        text.Family("slipway_app_pod", "gauge", "1 for each pod of the app: says whose it is, for series that only name the pod.");
        Each(apps, (app, project, name) =>
        {
            foreach (var pod in app.Seen.Pods)
            {
                text.Add(1, project, name, ("pod", pod.Name));
            }
        });
        text.Family("slipway_app_restarts_total", "counter", "How often the container of a pod was started again.");
        EachPod(apps, (pod, container, project, name) => text.Add(container.Restarts, project, name, ("pod", pod.Name)));
        text.Family("slipway_app_waiting", "gauge", "Containers that wait to be started, by reason.");
        Each(apps, (app, project, name) =>
        {
            foreach (var (reason, count) in app.Seen.Pods.Select(p => p.Container?.WaitingReason).OfType<string>().CountBy(r => Known(r, Waiting)))
            {
                text.Add(count, project, name, ("reason", reason));
            }
        });
        text.Family("slipway_app_last_termination_timestamp_seconds", "gauge", "When a container of the app ended last, by reason, in Unix time.");
        Each(apps, (app, project, name) =>
        {
            var ends = app.Seen.Pods.SelectMany(p => new[] { p.Container?.Ended, p.Container?.LastEnded }).OfType<ObservedEnd>().Where(e => e.EndedAt is not null);
            foreach (var end in ends.GroupBy(e => Known(e.Reason ?? Other, Ended)))
            {
                text.Add(end.Max(e => e.EndedAt!.Value.ToUnixTimeMilliseconds()) / 1e3, project, name, ("reason", end.Key));
            }
        });
    }

    private static void Each(IReadOnlyList<CountedApp> apps, Action<CountedApp, (string, string), (string, string)> write)
    {
        foreach (var app in apps)
        {
            write(app, ("project", app.Wanted.Project), ("app", app.Wanted.Name));
        }
    }

    private static void EachPod(IReadOnlyList<CountedApp> apps, Action<ObservedPod, ObservedContainer, (string, string), (string, string)> write) =>
        Each(apps, (app, project, name) =>
        {
            foreach (var pod in app.Seen.Pods)
            {
                if (pod.Container is { } container)
                {
                    write(pod, container, project, name);
                }
            }
        });

    private static string Known(string reason, HashSet<string> words) => words.Contains(reason) ? reason : Other;
}
