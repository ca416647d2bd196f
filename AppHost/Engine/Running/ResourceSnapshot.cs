namespace Slipway.AppHost.Engine.Running;

/// <summary>Where a resource is in its life.</summary>
enum ResourceState
{
    /// <summary>Not started yet, or waiting for what it depends on.</summary>
    Waiting,

    /// <summary>Its process is being created.</summary>
    Starting,

    /// <summary>Its process is there.</summary>
    Running,

    /// <summary>It crashed and will be started again.</summary>
    Restarting,

    /// <summary>It was told to stop.</summary>
    Stopping,

    /// <summary>It was stopped on request.</summary>
    Stopped,

    /// <summary>It did its work and ended.</summary>
    Finished,

    /// <summary>It can't be started, and trying again would not help.</summary>
    Failed,
}

/// <summary>What a resource's health checks say.</summary>
enum ResourceHealth
{
    /// <summary>It has none, or does not run.</summary>
    None,

    /// <summary>It has not been healthy yet.</summary>
    Pending,

    Healthy,

    Unhealthy,
}

/// <summary>A resource at one moment.</summary>
sealed record ResourceSnapshot(string Name, string Kind)
{
    public ResourceState State { get; init; }

    public ResourceHealth Health { get; init; }

    /// <summary>Why it is in this state, in words; null when that needs none.</summary>
    public string? Reason { get; init; }

    /// <summary>The last lines it printed before it ended unexpectedly.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    public int? Pid { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int Restarts { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>True once others need not wait for it any longer.</summary>
    public bool IsReady => State is ResourceState.Running && (Health is ResourceHealth.None or ResourceHealth.Healthy);
}

/// <summary>A variable of a resource: as the process sees it, and as it may be shown.</summary>
sealed record EnvironmentVariable(string Name, string Value, string Shown)
{
    public bool IsSecret => Value != Shown;
}
