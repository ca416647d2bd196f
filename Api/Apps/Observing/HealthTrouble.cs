using System.Text.RegularExpressions;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Apps.Observing;

/// <summary>Why a running container gets no traffic.</summary>
internal static partial class HealthTrouble
{
    /// <summary>A replica of a release that was ready once has this long to become healthy, before the app counts as failed.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>What is wrong; null where the container does not run, is healthy, or was not asked yet.</summary>
    /// <param name="late">Whether it has used up its time to become healthy.</param>
    public static Trouble? Of(DesiredApp desired, ObservedPod pod, bool late, DateTimeOffset now)
    {
        if (pod.Ready || pod.Container is not { RunningSince: { } since })
        {
            return null;
        }

        var before = pod.ReadyChangedAt > since;
        if (pod.Events.LastOrDefault(e => e.Reason == "Unhealthy" && e.LastAt >= since) is { } said)
        {
            var words = $"{Check(desired)} {Answer(said.Message)} {Advice(desired)}";
            return late
                ? new(before ? "Not healthy any more" : "Never became healthy", words)
                : new(before ? "Not healthy" : "Waiting for it to become healthy", words, Final: false);
        }

        return late ? new("Never became healthy", $"The app runs, but {Lower(Check(desired))} did not succeed in time. {Advice(desired)}") : null;
    }

    /// <summary>When a look at the pod will tell more than now, without anything happening; null where it will not.</summary>
    public static DateTimeOffset? NextLook(ObservedPod pod, DateTimeOffset now) =>
        pod is { Ready: false, Container.RunningSince: { } since } && now - since < Patience ? since + Patience : null;

    /// <summary>Whether it was the cluster that ended the container, because its health check failed.</summary>
    public static Trouble? Killed(DesiredApp desired, ObservedPod pod, ObservedEnd end) =>
        end.ExitCode is 137 or 143 or 0
        && pod.Events.LastOrDefault(e => e.Reason == "Unhealthy" && !e.Message.StartsWith("Readiness", StringComparison.Ordinal)) is { } said
        && end.EndedAt is { } at && (at - said.LastAt).Duration() < TimeSpan.FromMinutes(2)
            ? new("Not healthy", $"{Check(desired)} {Answer(said.Message)} So it was ended and started again. {Advice(desired)}")
            : null;

    private static string Check(DesiredApp desired) => desired.Spec switch
    {
        { HealthPath: { } path } => $"The health check 'GET {path}' on port {desired.Spec.Port}",
        { Port: { } port } => $"The health check on port {port}",
        _ => "The health check",
    };

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];

    private static string Answer(string said) => said switch
    {
        _ when StatusCode().Match(said) is { Success: true } match => $"was answered with {match.Groups[1].Value}.",
        _ when CrashTrouble.Says(said, "connection refused") => "found nothing that listens there.",
        _ when CrashTrouble.Says(said, "timeout", "deadline exceeded") => "was not answered in time.",
        _ when CrashTrouble.Says(said, "connection reset", "EOF") => "was cut off without an answer.",
        _ when CrashTrouble.Says(said, "malformed HTTP", "server gave HTTP response") => "was answered with something that is not HTTP.",
        _ => $"failed: {said}.",
    };

    private static string Advice(DesiredApp desired) => desired.Spec switch
    {
        { HealthPath: not null } =>
            $"Check that the path is right, and that the app listens on port {desired.Spec.Port} at all addresses (0.0.0.0), not only on localhost.",
        { Port: { } port } => $"Check that the app listens on port {port} at all addresses (0.0.0.0), not only on localhost.",
        _ => "Its log may say more.",
    };

    [GeneratedRegex("statuscode: ([0-9]+)", RegexOptions.IgnoreCase)]
    private static partial Regex StatusCode();
}
