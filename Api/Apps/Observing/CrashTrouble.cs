using System.Text.RegularExpressions;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Apps.Observing;

/// <summary>Why a container ended, or could not be started.</summary>
internal static partial class CrashTrouble
{
    /// <summary>A container that was started again counts as standing when it has run for this long.</summary>
    public static TimeSpan Standing { get; } = TimeSpan.FromSeconds(10);

    /// <summary>An app without a port has no health check: it counts as ready when it has run for this long.</summary>
    public static TimeSpan FirstSteps { get; } = TimeSpan.FromSeconds(3);

    /// <summary>What is wrong; null where the container was never ended, or stands again.</summary>
    public static Trouble? Of(DesiredApp desired, ObservedPod pod, DateTimeOffset now) => pod.Container switch
    {
        null => null,
        { WaitingReason: "CreateContainerConfigError" or "CreateContainerError" or "RunContainerError" or "PostStartHookError" } waiting =>
            NotStarted(desired, waiting.WaitingMessage ?? waiting.LastEnded?.Message ?? ""),
        { Ended: { } end } => Ended(desired, pod, end),
        // A container that ends at once is ready for a blink when it has no health check: that is not standing.
        { Restarts: > 0, LastEnded: { } end, RunningSince: var since } when since is null || !pod.Ready || now - since < Standing =>
            Ended(desired, pod, end),
        _ => null,
    };

    /// <summary>Whether the container has run for long enough to believe that it goes on.</summary>
    public static bool Stands(DesiredApp desired, ObservedPod pod, DateTimeOffset now) =>
        desired.Spec.Port is not null || (pod.Container?.RunningSince is { } since && now - since >= FirstSteps);

    /// <summary>When a look at the pod will tell more than now, without anything happening; null where it will not.</summary>
    public static DateTimeOffset? NextLook(ObservedPod pod, DateTimeOffset now) =>
        pod is { Ready: true, Container: { RunningSince: { } since } container } && since + (container.Restarts > 0 ? Standing : FirstSteps) is var at && at > now
            ? at
            : null;

    /// <summary>What an exit code means, as the end of a sentence.</summary>
    public static string Explain(int exitCode, int? signal = null) => exitCode switch
    {
        0 => "exit code 0, which means that it thought its work was done",
        126 => "exit code 126: the program was found, but may not be run",
        127 => "exit code 127: a command was not found",
        130 => "exit code 130: it was interrupted",
        134 => "exit code 134: it gave up by itself (abort)",
        137 => "exit code 137: it was killed",
        139 => "exit code 139: it touched memory that is not its own (segmentation fault)",
        143 => "exit code 143: it was asked to end (SIGTERM)",
        > 128 and < 160 => $"exit code {exitCode}: it was ended by signal {exitCode - 128}",
        _ when signal is > 0 => $"exit code {exitCode}, by signal {signal}",
        _ => $"exit code {exitCode}",
    };

    private static Trouble Ended(DesiredApp desired, ObservedPod pod, ObservedEnd end)
    {
        if (end.Reason is "StartError" or "ContainerCannotRun")
        {
            return NotStarted(desired, end.Message ?? "") with { End = end with { Message = null } };
        }

        if (end.Reason is "OOMKilled" || (end.ExitCode == 128 && Says(end.Message, "OOM-killed")))
        {
            return NotEnoughMemory(desired) with { End = end };
        }

        if (HealthTrouble.Killed(desired, pod, end) is { } unhealthy)
        {
            return unhealthy with { End = end };
        }

        var count = pod.Container!.Restarts;
        var again = count switch
        {
            0 => "Slipway starts it again.",
            1 => "It was started again once, and Slipway keeps trying.",
            _ => $"It was started again {count} times, and Slipway keeps trying.",
        };
        return end.ExitCode == 0
            ? new("Ended by itself", $"The app ended with {Explain(0)}. An app is expected to keep running: check its command. {again}") { End = end }
            : new("Crashed", $"The app ended with {Explain(end.ExitCode, end.Signal)}. {Advice(end)} {again}") { End = end };
    }

    public static Trouble NotEnoughMemory(DesiredApp desired) => new("Not enough memory",
        $"The app needed more than its {desired.Spec.Resources.MemoryMiB} MiB of memory, and was ended for that. Give it more memory, or make it use less, and deploy again.");

    private static string Advice(ObservedEnd end) => end switch
    {
        { Message: { } text } when Says(text, "exec format error") => "The image seems to be made for another kind of processor.",
        { ExitCode: 126 or 127 } => "Check its command, and what its start script calls.",
        { ExitCode: 137 } => "Often the machine, or the app's own limit, was short of memory.",
        { Message: { Length: > 0 } } => "Its last lines say more.",
        _ => "Its log may say more.",
    };

    private static Trouble NotStarted(DesiredApp desired, string said)
    {
        var command = desired.Spec.Command.Count > 0 ? "the app's command" : "the image's command";
        var program = Program().Match(said) is { Success: true } match ? match.Groups[1].Value : (desired.Spec.Command is [{ } first, ..] ? first : null);
        var what = program is null ? $"The program that {command} names" : $"The program '{program}' that {command} names";
        return said switch
        {
            _ when Says(said, "OOM-killed") => NotEnoughMemory(desired),
            _ when Says(said, "exec format error") => new("Image for another machine",
                "The image is not made for the processors of this cluster. Build it for them (docker buildx build --platform …), and deploy again."),
            _ when Says(said, "not found in $PATH", "no such file or directory", "cannot find") && !Says(said, "secret", "configmap") =>
                new("The command could not be started", $"{what} is not in the image. Check the command, and deploy again."),
            _ when Says(said, "permission denied") =>
                new("The command could not be started", $"{what} may not be run: it is not executable, or not for the user that the image runs as."),
            _ when Says(said, "no command specified") =>
                new("The command could not be started", "The image does not say what to run. Give the app a command, and deploy again."),
            _ when Says(said, "runAsNonRoot", "non-numeric user") =>
                new("The image runs as root", "This project does not let apps run as root. Build the image with a numeric USER, and deploy again."),
            _ when Says(said, "secret", "configmap") =>
                new("Settings are missing", "The app's environment is not in the cluster yet, or was removed there. Slipway puts it back.", Final: false),
            _ when Says(said, "deadline exceeded") =>
                new("The cluster is slow", "The machine took too long to make the container. It tries again.", Final: false),
            "" => new("The command could not be started", "The cluster could not start the container, and does not say why."),
            _ => new("The command could not be started", $"The cluster could not start the container. It says: {said}"),
        };
    }

    internal static bool Says(string? said, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (said?.Contains(word, StringComparison.OrdinalIgnoreCase) is true)
            {
                return true;
            }
        }

        return false;
    }

    // runc: exec: "/no/such": stat /no/such: no such file or directory
    [GeneratedRegex("exec: \"([^\"]+)\"")]
    private static partial Regex Program();
}
