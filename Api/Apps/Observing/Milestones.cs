using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Something that happened to a release, as the timeline tells it.</summary>
/// <param name="Key">The same whoever sees it, and how often.</param>
/// <param name="At">By the cluster's clock where it says when.</param>
internal sealed record Milestone(Guid AppId, int Release, TimelineKind Kind, string Key, DateTimeOffset At, string Message);

/// <summary>Reads from what is seen of an app what has happened to it. Pure.</summary>
internal static class Milestones
{
    private const int LongestMessage = 1000;

    /// <summary>What has happened, in the order of the timeline. The same things again at every look.</summary>
    /// <param name="desired">Null where the database cannot say: then only what the cluster alone tells.</param>
    public static List<Milestone> Of(Guid appId, DesiredApp? desired, ObservedApp observed, DateTimeOffset now)
    {
        var found = new List<Milestone>();
        // Nothing is written about an app that is on its way out.
        if (desired is { Deleting: true })
        {
            return found;
        }

        foreach (var pods in observed.Pods.Where(p => p.Release > 0).GroupBy(p => p.Release).OrderBy(g => g.Key))
        {
            found.AddRange(Starts(appId, pods.Key, [.. pods]));
            found.AddRange(pods.SelectMany(p => Ends(appId, p, now)).OrderBy(m => m.At));
        }

        if (desired is not null && observed is { Synced: true, UnreachableSince: null })
        {
            found.AddRange(Outcome(desired, observed, now));
        }

        return InOrder(found);
    }

    private static IEnumerable<Milestone> Starts(Guid appId, int release, List<ObservedPod> pods)
    {
        Milestone Of(TimelineKind kind, DateTimeOffset at, string message) =>
            new(appId, release, kind, $"{kind.ToString().ToLowerInvariant()}:{release}", at, message);

        if (pods.Where(p => p.Node is not null).MinBy(p => p.ScheduledAt ?? p.CreatedAt) is not { } scheduled)
        {
            yield break;
        }

        yield return Of(TimelineKind.Scheduled, scheduled.ScheduledAt ?? scheduled.CreatedAt, $"A machine was found: {scheduled.Node}.");

        var pulled = pods.SelectMany(p => p.Events).FirstOrDefault(e => e.Reason == "Pulled");
        var start = pods.Select(p => p.Container).OfType<ObservedContainer>().Select(StartedAt).Min();
        if ((pulled?.FirstAt ?? start) is { } at)
        {
            yield return Of(TimelineKind.Pulled, at, Pulled(pulled?.Message));
        }

        if (start is { } startedAt)
        {
            yield return Of(TimelineKind.Started, startedAt, "The first container was started.");
        }
    }

    // A container that could not be started at all has a start of 1970, which is left out on the way in.
    private static DateTimeOffset? StartedAt(ObservedContainer container) =>
        container.LastEnded?.StartedAt ?? container.Ended?.StartedAt ?? container.RunningSince;

    // kubelet: Successfully pulled image "x" in 451.402612ms · Container image "x" already present on machine
    private static string Pulled(string? said) => said switch
    {
        _ when said?.Contains("already present", StringComparison.Ordinal) is true => "The image was on the machine already.",
        _ when said?.Split("\" in ") is [_, var took, ..] => $"The image was fetched in {Duration(took)}.",
        _ => "The image is on the machine.",
    };

    // From Go's "1.234567891s (1.3s including waiting)" to "1.2 s".
    private static string Duration(string took)
    {
        var word = took.Split(' ', '.')[0];
        var full = took.Split(' ')[0].TrimEnd('.');
        return full switch
        {
            _ when full.EndsWith("ms", StringComparison.Ordinal) => $"{word.TrimEnd('m', 's')} ms",
            _ when !full.Contains('m', StringComparison.Ordinal) && double.TryParse(full.TrimEnd('s'), out var seconds) => $"{seconds:0.0} s",
            _ => full,
        };
    }

    /// <summary>How the runs of a pod's container ended, as far as the cluster still says; run 1 is the first one.</summary>
    internal static IEnumerable<(int Run, ObservedEnd End)> EndsOf(ObservedPod pod) =>
        pod.DeletedAt is not null || pod.Container is not { } container ? []
            : RunsOf(container).Where(r => r.End.Reason is not ("StartError" or "ContainerCannotRun")).Select(r => (r.Run, r.End));

    /// <summary>The runs of a container that the cluster says the end of (at most two of them), and whether its log calls them the previous one.</summary>
    internal static IEnumerable<(int Run, ObservedEnd End, bool IsPrevious)> RunsOf(ObservedContainer container)
    {
        // The end of a container whose number of restarts is n is the end of its (n+1)th run; the one before it was the nth. While it waits
        // to be started again, the kubelet has moved the end to the last one, and the number has not grown yet (convertToAPIContainerStatuses).
        if (container.LastEnded is { } last)
        {
            yield return (container.WaitingReason is null ? container.Restarts : container.Restarts + 1, last, true);
        }

        if (container.Ended is { } end)
        {
            yield return (container.Restarts + 1, end, false);
        }
    }

    /// <summary>The key of the entry that says that a run ended.</summary>
    internal static string CrashKey(string podUid, int run) => $"crashed:{podUid}:{run}";

    /// <summary>How a container ended, to follow its name.</summary>
    internal static string How(ObservedEnd end) =>
        end.Reason is "OOMKilled" ? "was ended because it used too much memory" : $"ended with {CrashTrouble.Explain(end.ExitCode, end.Signal)}";

    private static IEnumerable<Milestone> Ends(Guid appId, ObservedPod pod, DateTimeOffset now) => EndsOf(pod)
        .Select(e => new Milestone(appId, pod.Release, TimelineKind.Crashed, CrashKey(pod.Uid, e.Run), e.End.EndedAt ?? now, Cut(Told(pod, e.End))));

    private static string Told(ObservedPod pod, ObservedEnd end)
    {
        var last = end.Message?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var line] ? $" Last line: {line}" : "";
        return $"{pod.Name} {How(end)}.{last}";
    }

    private static IEnumerable<Milestone> Outcome(DesiredApp desired, ObservedApp observed, DateTimeOffset now)
    {
        if (StatusRules.FailureOf(desired, observed, now) is { } failure)
        {
            yield return new(desired.Id, desired.Release, TimelineKind.Failed, $"failed:{desired.Release}:{failure.Reason}"[..Math.Min(200, $"failed:{desired.Release}:{failure.Reason}".Length)],
                failure.End?.EndedAt ?? now, Cut($"{failure.Reason}. {failure.Detail}".TrimEnd()));
        }
        else if (StatusRules.Derive(desired, observed, now).State is AppState.Running)
        {
            // A restart has the same release and a new generation of the Deployment, and is ready again.
            var ready = observed.Pods.Where(p => p.Release == desired.Release && p.Ready).Max(p => p.ReadyChangedAt) ?? now;
            yield return new(desired.Id, desired.Release, TimelineKind.Ready, $"ready:{desired.Release}:{observed.Deployment!.Generation}", ready,
                desired.Spec.Replicas == 1 ? "The app is ready." : $"All {desired.Spec.Replicas} replicas are ready.");
        }
    }

    // The cluster's clock has whole seconds, and nothing is before what led to it.
    private static List<Milestone> InOrder(List<Milestone> found)
    {
        var latest = new Dictionary<int, DateTimeOffset>();
        for (var i = 0; i < found.Count; i++)
        {
            var item = found[i];
            if (latest.TryGetValue(item.Release, out var before) && before > item.At)
            {
                found[i] = item = item with { At = before };
            }

            latest[item.Release] = item.At;
        }

        return found;
    }

    private static string Cut(string text) => text.Length > LongestMessage ? string.Concat(text.AsSpan(0, LongestMessage - 1), "…") : text;
}
