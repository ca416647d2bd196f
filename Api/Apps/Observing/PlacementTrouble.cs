using System.Text.RegularExpressions;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Apps.Observing;

/// <summary>Why a replica is not put on a machine, or not made at all.</summary>
internal static partial class PlacementTrouble
{
    /// <summary>A replica may wait this long for room: another one may be on its way out.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong; null where it has a machine, or none was looked for yet.</summary>
    public static Trouble? Of(DesiredApp desired, ObservedPod pod, DateTimeOffset now)
    {
        if (pod.Unschedulable is { } said)
        {
            return new("No room in the cluster", $"{Room(desired, said)} Slipway keeps trying.", now - pod.CreatedAt >= Patience);
        }

        if (pod.Node is null || pod.Container is { WaitingReason: null })
        {
            return null;
        }

        // One or two of these are usual on a busy machine.
        return pod.Events.LastOrDefault(e => e.Reason is "FailedCreatePodSandBox" or "FailedMount") switch
        {
            { Reason: "FailedCreatePodSandBox" } e when CrashTrouble.Says(e.Message, "OOM-killed") => CrashTrouble.NotEnoughMemory(desired),
            { Count: > 2 } e => new("The machine has a problem", $"The machine '{pod.Node}' could not make the container yet. It says: {e.Message}", Final: false),
            _ => null,
        };
    }

    /// <summary>When a look at the pod will tell more than now, without anything happening; null where it will not.</summary>
    public static DateTimeOffset? NextLook(ObservedPod pod, DateTimeOffset now) =>
        pod.Unschedulable is not null && now - pod.CreatedAt < Patience ? pod.CreatedAt + Patience : null;

    /// <summary>Why no replica could be made, from the words of the cluster's admission.</summary>
    public static Trouble NotMade(DesiredApp desired, string said) => said switch
    {
        _ when Quota().Match(said) is { Success: true } match => new("Over the project's limits",
            $"This project may not use more: {Words(match.Groups["what"].Value)} would go beyond its limit ({Words(match.Groups["limited"].Value)}; used {Words(match.Groups["used"].Value)}). Ask for less, stop another app, or have the limit raised."),
        _ when CrashTrouble.Says(said, "exceeded quota", "must specify") =>
            new("Over the project's limits", $"This project may not use more. The cluster says: {said}"),
        _ when CrashTrouble.Says(said, "usage per Container", "usage per Pod") =>
            new("Too much for one replica", $"The project does not allow a replica this size ({desired.Spec.Resources.Cpu} cores, {desired.Spec.Resources.MemoryMiB} MiB). The cluster says: {said}"),
        _ when CrashTrouble.Says(said, "PodSecurity", "security context") =>
            new("Not allowed in this project", $"The project's security rules refuse the app. The cluster says: {said}"),
        _ => new("The cluster refuses the app", $"No replica could be made. The cluster says: {said}"),
    };

    // kube-scheduler: 0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory.
    private static string Room(DesiredApp desired, string said)
    {
        var (cpu, memory) = (CrashTrouble.Says(said, "Insufficient cpu"), CrashTrouble.Says(said, "Insufficient memory"));
        var size = desired.Spec.Resources;
        return (cpu, memory) switch
        {
            (true, true) => $"No machine has {size.Cpu} cores and {size.MemoryMiB} MiB of memory free for this app. Ask for less, stop another app, or add a machine.",
            (true, false) => $"No machine has {size.Cpu} cores free for this app. Ask for less CPU, stop another app, or add a machine.",
            (false, true) => $"No machine has {size.MemoryMiB} MiB of memory free for this app. Ask for less memory, stop another app, or add a machine.",
            _ when CrashTrouble.Says(said, "Too many pods") => "Every machine runs as many replicas as it may. Stop another app, or add a machine.",
            _ when CrashTrouble.Says(said, "0/0 nodes", "no nodes available") => "The cluster has no machine.",
            _ => $"No machine takes the app. The cluster says: {said}",
        };
    }

    private static string Words(string list) => list.Replace("requests.", "", StringComparison.Ordinal).Replace("limits.", "", StringComparison.Ordinal)
        .Replace("=", " ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal);

    // pods "x" is forbidden: exceeded quota: q, requested: limits.cpu=2, used: limits.cpu=1, limited: limits.cpu=2
    [GeneratedRegex("exceeded quota: [^,]+, requested: (?<what>.+), used: (?<used>.+), limited: (?<limited>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Quota();
}
