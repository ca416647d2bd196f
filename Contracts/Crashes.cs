namespace Slipway.Contracts;

/// <summary>A container that died.</summary>
/// <param name="Release">The release that it ran.</param>
/// <param name="Run">Which run of the pod's container it was, from 1.</param>
/// <param name="Reason">In the cluster's word, such as <c>OOMKilled</c> or <c>Error</c>.</param>
/// <param name="Words">How it ended, in a sentence.</param>
/// <param name="EndedAt">By the cluster's clock.</param>
/// <param name="Lines">How many of its last log lines are kept.</param>
public sealed record CrashView(
    Guid Id, int Release, string Pod, int Run, int ExitCode, int? Signal, string? Reason, string Words, DateTimeOffset? StartedAt, DateTimeOffset EndedAt, int Lines);

/// <summary>The same with the last lines that it wrote, also after its pod is gone.</summary>
public sealed record CrashSnapshot(CrashView Crash, IReadOnlyList<LogLine> Lines)
{
    /// <summary>The most lines that are kept.</summary>
    public const int MostLines = 200;
}
