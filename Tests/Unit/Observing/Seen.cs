using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Observing;

/// <summary>Things that are wanted and seen, for tables.</summary>
static class Seen
{
    public static DateTimeOffset Now { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Guid App { get; } = Guid.Parse("00000000-0000-0000-0000-0000000000a1");

    public static DesiredApp Wanted(int release = 2, int replicas = 1, int? port = 8080, string? health = null, string image = "registry.test:5000/shop:1",
        string[]? command = null) => new()
        {
            Id = App,
            Project = "demo",
            Name = "shop",
            Release = release,
            Spec = new AppSpec { Image = image, Port = port, Replicas = replicas, Resources = new Resources(0.5m, 64), HealthPath = health, Command = command ?? [] },
            Applied = true,
            ReleasedAt = Now.AddMinutes(-2),
        };

    public static ObservedPod Pod(int release = 2, bool ready = false, ObservedContainer? container = null, string name = "shop-1", params ObservedEvent[] events) => new()
    {
        Namespace = "demo",
        Name = name,
        Uid = $"uid-of-{name}",
        Release = release,
        CreatedAt = Now.AddMinutes(-1),
        Phase = "Running",
        Node = "node1",
        ScheduledAt = Now.AddMinutes(-1),
        Ready = ready,
        ReadyChangedAt = Now.AddSeconds(ready ? -50 : -60),
        Container = container ?? new ObservedContainer { Name = "app", RunningSince = Now.AddSeconds(-55) },
        Events = events,
    };

    public static ObservedContainer Waiting(string reason, string? message = null, ObservedEnd? last = null, int restarts = 0) =>
        new() { Name = "app", WaitingReason = reason, WaitingMessage = message, LastEnded = last, Restarts = restarts };

    public static ObservedContainer RunningFor(double seconds, ObservedEnd? last = null, int restarts = 0) =>
        new() { Name = "app", RunningSince = Now.AddSeconds(-seconds), LastEnded = last, Restarts = restarts };

    public static ObservedContainer Over(ObservedEnd end, int restarts = 0) => new() { Name = "app", Ended = end, Restarts = restarts };

    public static ObservedEnd End(int exitCode, string reason = "Error", string? message = null) =>
        new(exitCode, reason, message, null, Now.AddSeconds(-20), Now.AddSeconds(-15));

    public static ObservedEvent Said(string reason, string message, int count = 1, double secondsAgo = 5) =>
        new($"{reason}.{message.Length}.{count}", Warning: true, reason, message, count, Now.AddSeconds(-secondsAgo - count), Now.AddSeconds(-secondsAgo));

    public static ObservedDeployment Deployment(int release = 2, int wanted = 1, int? replicas = null, int? updated = null, int available = 0, bool completed = false,
        bool deadline = false, string? problem = null, bool stale = false) =>
        new("demo", "shop", release, 3, stale ? 2 : 3, wanted, replicas ?? wanted, updated ?? wanted, available, available, completed, deadline, problem);

    public static ObservedApp Shows(ObservedDeployment? deployment, params ObservedPod[] pods) => new(App) { Deployment = deployment, Pods = pods };

    public static AppStatus Derive(DesiredApp desired, ObservedApp observed) => StatusRules.Derive(desired, observed, Now);
}
