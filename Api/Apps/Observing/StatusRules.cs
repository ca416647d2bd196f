using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>
/// Derives an app's status from what is wanted and what is seen. Pure. Only the pods of the newest release say what is wrong with it;
/// the others say whether something still answers meanwhile.
/// </summary>
public static class StatusRules
{
    /// <summary>The status of an app.</summary>
    public static AppStatus Derive(DesiredApp desired, ObservedApp observed, DateTimeOffset now)
    {
        var status = Judge(desired, observed, now) with
        {
            Wanted = desired.Stopped || desired.Deleting ? 0 : desired.Spec.Replicas,
            Ready = observed.Pods.Count(p => p.Ready && p.DeletedAt is null),
            Restarts = observed.Pods.Where(p => p.DeletedAt is null).Sum(p => p.Container?.Restarts ?? 0),
        };
        return observed.UnreachableSince is { } since
            ? status with
            {
                Reason = status.Reason ?? "Cluster not reachable",
                Detail = $"The cluster has not answered since {since.UtcDateTime:HH:mm:ss} UTC; this is what was seen last. {status.Detail}".TrimEnd(),
            }
            : status;
    }

    /// <summary>When the status may change although nothing happens; null where it will not.</summary>
    public static DateTimeOffset? NextLook(ObservedApp observed, DateTimeOffset now) =>
        observed.Pods.Select(p => CrashTrouble.NextLook(p, now) ?? PlacementTrouble.NextLook(p, now) ?? HealthTrouble.NextLook(p, now)).Min();

    /// <summary>Why the newest release does not come up, where it is known that it will not; null where it may.</summary>
    internal static Trouble? FailureOf(DesiredApp desired, ObservedApp observed, DateTimeOffset now) => desired switch
    {
        { Deleting: true } or { Stopped: true } => null,
        { ProblemReason: { } problem } => new(problem, desired.ProblemDetail ?? ""),
        _ when !desired.Applied || !observed.Synced || observed.Deployment is null => null,
        _ => Worst(desired, Newest(desired, observed), observed.Deployment, now) is { Final: true } trouble ? trouble : null,
    };

    /// <summary>What is wrong with a pod of the app; null where nothing is.</summary>
    /// <param name="late">Whether its release has used up its time to become healthy.</param>
    internal static Trouble? Examine(DesiredApp desired, ObservedPod pod, bool late, DateTimeOffset now) =>
        ImageTrouble.Of(desired.Spec.Image, pod)
        ?? CrashTrouble.Of(desired, pod, now)
        ?? HealthTrouble.Of(desired, pod, late, now)
        ?? PlacementTrouble.Of(desired, pod, now)
        ?? Ended(pod);

    private static AppStatus Judge(DesiredApp desired, ObservedApp observed, DateTimeOffset now)
    {
        if (desired.Deleting)
        {
            return Status(AppState.Deleting, desired.ProblemReason, desired.ProblemDetail);
        }

        if (desired.Stopped)
        {
            return Stopped(desired, observed);
        }

        var answers = observed.Pods.Any(p => p.Ready && p.DeletedAt is null && CrashTrouble.Of(desired, p, now) is null);
        if (desired.ProblemReason is { } problem)
        {
            return Status(answers ? AppState.Degraded : AppState.Failed, problem, desired.ProblemDetail);
        }

        if (!observed.Synced)
        {
            return Status(AppState.Deploying, "Looking at the cluster", "Slipway has just started, and does not know yet how the app is.");
        }

        return observed.Deployment is not { } deployment || !desired.Applied
            ? Status(AppState.Deploying)
            : Judge(desired, observed, deployment, answers, now);
    }

    private static AppStatus Judge(DesiredApp desired, ObservedApp observed, ObservedDeployment deployment, bool answers, DateTimeOffset now)
    {
        var current = IsCurrent(desired, deployment);
        var pods = Newest(desired, observed);
        var wanted = desired.Spec.Replicas;
        var trouble = Worst(desired, pods, deployment, now);
        var complete = current && deployment.Updated == wanted && deployment.Replicas == wanted && deployment.Available >= wanted
            && pods.Count(p => p.Ready && CrashTrouble.Stands(desired, p, now)) >= wanted;
        if (complete && trouble is null)
        {
            return Status(AppState.Running);
        }

        if (trouble is { Final: true })
        {
            var status = Status(answers ? AppState.Degraded : AppState.Failed, trouble);
            return answers ? status with { Detail = $"{status.Detail} {Meanwhile(desired, observed)}" } : status;
        }

        // It was complete once, and no rollout is under way: what is missing now went missing.
        if (answers && current && deployment.Completed && deployment.Updated == deployment.Replicas)
        {
            var ready = pods.Count(p => p.Ready);
            if (ready < wanted)
            {
                return Status(AppState.Degraded, trouble ?? new Trouble("Too few replicas", $"Only {ready} of {wanted} replicas are ready. The cluster is starting the others."));
            }

            if (pods.All(p => CrashTrouble.Stands(desired, p, now)))
            {
                return Status(AppState.Running);
            }
        }

        return trouble is null ? Status(AppState.Deploying) : Status(AppState.Deploying, trouble);
    }

    private static AppStatus Stopped(DesiredApp desired, ObservedApp observed)
    {
        var left = observed.Pods.Count(p => p.Phase is not ("Succeeded" or "Failed"));
        return (left, desired) switch
        {
            (_, { ProblemReason: { } problem }) => Status(AppState.Stopped, problem, desired.ProblemDetail),
            (0, _) => Status(AppState.Stopped),
            (1, _) => Status(AppState.Stopped, "Stopping", "One replica is still ending."),
            _ => Status(AppState.Stopped, "Stopping", $"{left} replicas are still ending."),
        };
    }

    // What was evicted, or ended with its machine, stays on the list for a while beside what replaced it.
    private static List<ObservedPod> Newest(DesiredApp desired, ObservedApp observed)
    {
        var pods = observed.Pods.Where(p => p.Release == desired.Release && p.DeletedAt is null).ToList();
        var alive = pods.Where(p => p.Phase is not ("Succeeded" or "Failed")).ToList();
        return alive.Count > 0 ? alive : pods;
    }

    private static Trouble? Worst(DesiredApp desired, List<ObservedPod> pods, ObservedDeployment deployment, DateTimeOffset now)
    {
        var current = IsCurrent(desired, deployment);
        var overdue = current && deployment.DeadlineExceeded;
        var troubles = pods.Select(p => Examine(desired, p, overdue || (current && IsLate(deployment, p, now)), now)).OfType<Trouble>().ToList();
        if (current && deployment.CreationProblem is { } said && pods.Count < desired.Spec.Replicas)
        {
            troubles.Add(PlacementTrouble.NotMade(desired, said));
        }

        if (overdue && troubles.Count == 0)
        {
            troubles.Add(new("Did not start in time", "The cluster made no progress with this release for too long. Its log and its timeline may say more; deploy again to try once more."));
        }

        return troubles.FirstOrDefault(t => t.Final) ?? troubles.FirstOrDefault();
    }

    // The numbers of a Deployment are about the newest release only when the controller has looked at it since.
    private static bool IsCurrent(DesiredApp desired, ObservedDeployment deployment) =>
        deployment.Release == desired.Release && deployment.ObservedGeneration >= deployment.Generation;

    // The cluster itself stops counting the time of a rollout that succeeded once.
    private static bool IsLate(ObservedDeployment deployment, ObservedPod pod, DateTimeOffset now) =>
        deployment.Completed && pod.Container?.RunningSince is { } since && now - since >= HealthTrouble.Patience;

    private static Trouble? Ended(ObservedPod pod) => pod switch
    {
        { Phase: "Failed", Reason: "Evicted" } => new("Moved away",
            $"The machine ran short of something and ended the replica; the cluster starts another one. It says: {pod.Message}", Final: false),
        { Phase: "Failed" } => new("Replica lost", $"The replica ended with its machine, and the cluster starts another one. {pod.Message}".TrimEnd(), Final: false),
        _ => null,
    };

    private static string Meanwhile(DesiredApp desired, ObservedApp observed)
    {
        var older = observed.Pods.Where(p => p.Ready && p.DeletedAt is null && p.Release != desired.Release).Select(p => p.Release).DefaultIfEmpty().Max();
        return older > 0 ? $"Meanwhile release {older} still answers." : "Meanwhile other replicas still answer.";
    }

    private static AppStatus Status(AppState state, string? reason = null, string? detail = null) =>
        new() { State = state, Reason = reason, Detail = detail, Wanted = 0, Ready = 0 };

    private static AppStatus Status(AppState state, Trouble trouble) => Status(state, trouble.Reason, trouble.Detail) with
    {
        ExitCode = trouble.End?.ExitCode,
        LastLines = trouble.End?.Message is { Length: > 0 } lines ? lines.TrimEnd('\n', '\r') : null,
    };
}
