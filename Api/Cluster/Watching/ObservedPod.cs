namespace Slipway.Api.Cluster.Watching;

/// <summary>A pod.</summary>
public sealed record ObservedPod
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Uid { get; init; }

    /// <summary>The release that it runs, as its label says; 0 where it says none.</summary>
    public required int Release { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its deletion was asked for; it may answer until its process has ended.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Such as <c>Running</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Why the whole pod was ended, such as <c>Evicted</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in the cluster's words.</summary>
    public string? Message { get; init; }

    public string? Node { get; init; }

    /// <summary>Its address in the pod network; null until it has one.</summary>
    public string? Address { get; init; }

    public DateTimeOffset? ScheduledAt { get; init; }

    /// <summary>Why no machine takes it, in the scheduler's words.</summary>
    public string? Unschedulable { get; init; }

    /// <summary>Whether it gets traffic.</summary>
    public bool Ready { get; init; }

    /// <summary>Since when <see cref="Ready"/> is as it is.</summary>
    public DateTimeOffset? ReadyChangedAt { get; init; }

    /// <summary>The app's container; null until the kubelet has taken the pod up.</summary>
    public ObservedContainer? Container { get; init; }

    /// <summary>What the cluster said about it lately, oldest first: warnings, and what was pulled and started.</summary>
    public IReadOnlyList<ObservedEvent> Events { get; init; } = [];
}

/// <summary>The container of an app in a pod. It is waiting, running or ended.</summary>
public sealed record ObservedContainer
{
    /// <summary>Its name in the pod.</summary>
    public required string Name { get; init; }

    /// <summary>Why it is not started yet, such as <c>ErrImagePull</c>; null when it does not wait.</summary>
    public string? WaitingReason { get; init; }

    /// <summary>The same in the cluster's words.</summary>
    public string? WaitingMessage { get; init; }

    /// <summary>Since when it runs; null when it does not.</summary>
    public DateTimeOffset? RunningSince { get; init; }

    /// <summary>How it ended, when it has and was not started again.</summary>
    public ObservedEnd? Ended { get; init; }

    /// <summary>How the one before it ended.</summary>
    public ObservedEnd? LastEnded { get; init; }

    public int Restarts { get; init; }
}

/// <summary>How a container ended.</summary>
/// <param name="Reason">Such as <c>OOMKilled</c> or <c>Error</c>.</param>
/// <param name="Message">The end of its output, or why it could not be started.</param>
/// <param name="Signal">The signal that ended it, where the runtime says so.</param>
public sealed record ObservedEnd(
    int ExitCode, string? Reason, string? Message, int? Signal, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

/// <summary>An event that the cluster recorded about a pod.</summary>
/// <param name="Count">How often it happened.</param>
public sealed record ObservedEvent(string Name, bool Warning, string Reason, string Message, int Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
