using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;
using static Slipway.Tests.Unit.Observing.Seen;

namespace Slipway.Tests.Unit.Observing;

public sealed class StatusTests
{
    private static readonly ObservedEnd Exit7 = End(7, message: "one\ntwo\n");

    /// <summary>What is seen (by name), the state, and the reason.</summary>
    public static TheoryData<string, AppState, string?> Table { get; } = new()
    {
        { "nothing yet", AppState.Deploying, null },
        { "a deployment without pods", AppState.Deploying, null },
        { "a pod that starts", AppState.Deploying, null },
        { "a pod that is ready before the deployment counts it", AppState.Deploying, null },
        { "all ready", AppState.Running, null },
        { "all ready, one of an older release still ending", AppState.Running, null },
        { "ready, of the release before", AppState.Deploying, null },
        { "numbers that are about the generation before", AppState.Deploying, null },
        { "a restart under way", AppState.Deploying, null },
        { "not applied yet", AppState.Deploying, null },
        { "not applied because of a problem", AppState.Failed, "Name taken" },
        { "not applied because of a problem, the old one answering", AppState.Degraded, "Name taken" },
        { "before the first list", AppState.Deploying, "Looking at the cluster" },
        { "one of two ready after all were", AppState.Degraded, "Too few replicas" },
        { "one of two ready at the start", AppState.Deploying, null },
        { "a crash at the start", AppState.Failed, "Crashed" },
        { "a crash loop", AppState.Failed, "Crashed" },
        { "running again after a crash, not ready yet", AppState.Failed, "Crashed" },
        { "ready for a blink between crashes", AppState.Failed, "Crashed" },
        { "standing again after a crash", AppState.Running, null },
        { "one of two crashed", AppState.Degraded, "Crashed" },
        { "a new release that crashes, the old one answering", AppState.Degraded, "Crashed" },
        { "an old release that crashes while the new one starts", AppState.Deploying, null },
        { "ended with exit code 0", AppState.Failed, "Ended by itself" },
        { "a worker in its first second", AppState.Deploying, null },
        { "a worker that has run for a while", AppState.Running, null },
        { "an image that is not there", AppState.Failed, "Image not found" },
        { "no room for five seconds", AppState.Deploying, "No room in the cluster" },
        { "no room for a minute", AppState.Failed, "No room in the cluster" },
        { "a quota that is used up", AppState.Failed, "Over the project's limits" },
        { "a quota that is used up for the second replica", AppState.Degraded, "Over the project's limits" },
        { "unhealthy, with time left", AppState.Deploying, "Waiting for it to become healthy" },
        { "unhealthy, out of time", AppState.Failed, "Never became healthy" },
        { "unhealthy after it was healthy", AppState.Failed, "Not healthy any more" },
        { "no progress and no reason", AppState.Failed, "Did not start in time" },
        { "an evicted pod beside its replacement", AppState.Running, null },
        { "only an evicted pod", AppState.Deploying, "Moved away" },
        { "stopped", AppState.Stopped, null },
        { "stopping", AppState.Stopped, "Stopping" },
        { "stopped, not applied because of a problem", AppState.Stopped, "Name taken" },
        { "deleting", AppState.Deleting, null },
        { "all ready, cluster away", AppState.Running, "Cluster not reachable" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_state_follows_from_what_is_wanted_and_seen(string what, AppState state, string? reason)
    {
        var (desired, observed) = Case(what);
        var status = Derive(desired, observed);
        Assert.Equal((state, reason), (status.State, status.Reason));
        Assert.Equal(reason is null, status.Detail is null);
    }

    [Fact]
    public void A_crash_has_its_exit_code_and_last_lines()
    {
        var (desired, observed) = Case("a crash loop");
        var status = Derive(desired, observed);
        Assert.Equal((7, "one\ntwo", 1, 0, 2), (status.ExitCode, status.LastLines, status.Wanted, status.Ready, status.Restarts));
    }

    [Fact]
    public void What_still_answers_is_named()
    {
        var (desired, observed) = Case("a new release that crashes, the old one answering");
        Assert.EndsWith("Meanwhile release 1 still answers.", Derive(desired, observed).Detail);
    }

    [Fact]
    public void Without_the_cluster_the_detail_says_since_when()
    {
        var (desired, observed) = Case("all ready, cluster away");
        Assert.Equal("The cluster has not answered since 11:59:30 UTC; this is what was seen last.", Derive(desired, observed).Detail);
    }

    [Theory]
    [InlineData("ready for a blink between crashes", 8.0)]
    [InlineData("a worker in its first second", 2.0)]
    [InlineData("no room for five seconds", 25.0)]
    [InlineData("all ready", null)]
    [InlineData("a crash loop", null)]
    public void It_is_known_when_to_look_again(string what, double? seconds) =>
        Assert.Equal(seconds is { } s ? Now.AddSeconds(s) : null, StatusRules.NextLook(Case(what).Observed, Now));

    private static (DesiredApp Desired, ObservedApp Observed) Case(string what) => what switch
    {
        "nothing yet" => (Wanted(), Shows(null)),
        "a deployment without pods" => (Wanted(), Shows(Deployment(replicas: 0, updated: 0))),
        "a pod that starts" => (Wanted(), Shows(Deployment(), Pod(container: Waiting("ContainerCreating")))),
        "a pod that is ready before the deployment counts it" => (Wanted(), Shows(Deployment(), Pod(ready: true))),
        "all ready" => (Wanted(), Shows(Deployment(available: 1, completed: true), Pod(ready: true))),
        "all ready, one of an older release still ending" => (Wanted(), Shows(Deployment(available: 1, completed: true), Pod(ready: true),
            Pod(1, ready: true, name: "old") with { DeletedAt = Now })),
        "ready, of the release before" => (Wanted(), Shows(Deployment(1, available: 1, completed: true), Pod(1, ready: true))),
        "numbers that are about the generation before" => (Wanted(), Shows(Deployment(available: 1, completed: true, stale: true), Pod(1, ready: true))),
        "a restart under way" => (Wanted(), Shows(Deployment(replicas: 2, updated: 1, available: 1), Pod(ready: true),
            Pod(container: Waiting("ContainerCreating"), name: "fresh"))),
        "not applied yet" => (Wanted() with { Applied = false }, Shows(Deployment(available: 1, completed: true), Pod(ready: true))),
        "not applied because of a problem" => (Problem(), Shows(null)),
        "not applied because of a problem, the old one answering" => (Problem(), Shows(Deployment(1, available: 1), Pod(1, ready: true))),
        "before the first list" => (Wanted(), Shows(null) with { Synced = false }),
        "one of two ready after all were" => (Wanted(replicas: 2), Shows(Deployment(wanted: 2, available: 1, completed: true), Pod(ready: true),
            Pod(container: Waiting("ContainerCreating"), name: "b"))),
        "one of two ready at the start" => (Wanted(replicas: 2), Shows(Deployment(wanted: 2, available: 1), Pod(ready: true),
            Pod(container: Waiting("ContainerCreating"), name: "b"))),
        "a crash at the start" => (Wanted(), Shows(Deployment(), Pod(container: Over(Exit7)))),
        "a crash loop" => (Wanted(), Shows(Deployment(), Pod(container: Waiting("CrashLoopBackOff", "back-off 20s", Exit7, 2)))),
        "running again after a crash, not ready yet" => (Wanted(), Shows(Deployment(), Pod(container: RunningFor(2, Exit7, 1)))),
        "ready for a blink between crashes" => (Wanted(port: null), Shows(Deployment(available: 1, completed: true), Pod(ready: true, container: RunningFor(2, Exit7, 1)))),
        "standing again after a crash" => (Wanted(), Shows(Deployment(available: 1, completed: true), Pod(ready: true, container: RunningFor(20, Exit7, 1)))),
        "one of two crashed" => (Wanted(replicas: 2), Shows(Deployment(wanted: 2, available: 1, completed: true), Pod(ready: true),
            Pod(container: Waiting("CrashLoopBackOff", null, Exit7, 1), name: "b"))),
        "a new release that crashes, the old one answering" => (Wanted(), Shows(Deployment(replicas: 2, updated: 1, available: 1), Pod(1, ready: true),
            Pod(container: Waiting("CrashLoopBackOff", null, Exit7, 1), name: "new"))),
        "an old release that crashes while the new one starts" => (Wanted(), Shows(Deployment(replicas: 2, updated: 1),
            Pod(1, container: Waiting("CrashLoopBackOff", null, Exit7, 1)), Pod(container: Waiting("ContainerCreating"), name: "new"))),
        "ended with exit code 0" => (Wanted(port: null), Shows(Deployment(), Pod(container: Waiting("CrashLoopBackOff", null, End(0, "Completed"), 1)))),
        "a worker in its first second" => (Wanted(port: null), Shows(Deployment(available: 1, completed: true), Pod(ready: true, container: RunningFor(1)))),
        "a worker that has run for a while" => (Wanted(port: null), Shows(Deployment(available: 1, completed: true), Pod(ready: true, container: RunningFor(4)))),
        "an image that is not there" => (Wanted(), Shows(Deployment(), Pod(container: Waiting("ErrImagePull", "rpc error: code = NotFound desc = not found")))),
        "no room for five seconds" => (Wanted(), Shows(Deployment(), NoRoom(5))),
        "no room for a minute" => (Wanted(), Shows(Deployment(), NoRoom(60))),
        "a quota that is used up" => (Wanted(), Shows(Deployment(replicas: 0, updated: 0, problem: "pods \"x\" is forbidden: exceeded quota: q, requested: limits.cpu=2, used: limits.cpu=1, limited: limits.cpu=2"))),
        "a quota that is used up for the second replica" => (Wanted(replicas: 2), Shows(Deployment(wanted: 2, replicas: 1, updated: 1, available: 1, problem: "exceeded quota: q"), Pod(ready: true))),
        "unhealthy, with time left" => (Wanted(), Shows(Deployment(), Pod(events: Said("Unhealthy", "Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused")))),
        "unhealthy, out of time" => (Wanted(), Shows(Deployment(deadline: true), Pod(events: Said("Unhealthy", "Readiness probe failed: dial tcp 10.0.0.1:8080: connect: connection refused")))),
        "unhealthy after it was healthy" => (Wanted(), Shows(Deployment(completed: true),
            Pod(events: Said("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")) with { ReadyChangedAt = Now.AddSeconds(-10) })),
        "no progress and no reason" => (Wanted(), Shows(Deployment(deadline: true), Pod(container: Waiting("ContainerCreating")))),
        "an evicted pod beside its replacement" => (Wanted(), Shows(Deployment(available: 1, completed: true), Evicted, Pod(ready: true, name: "b"))),
        "only an evicted pod" => (Wanted(), Shows(Deployment(replicas: 0, updated: 0), Evicted)),
        "stopped" => (Wanted() with { Stopped = true }, Shows(Deployment(wanted: 0))),
        "stopping" => (Wanted() with { Stopped = true }, Shows(Deployment(wanted: 0), Pod(ready: true) with { DeletedAt = Now })),
        "stopped, not applied because of a problem" => (Problem() with { Stopped = true }, Shows(null)),
        "deleting" => (Wanted() with { Deleting = true }, Shows(Deployment(available: 1), Pod(ready: true))),
        "all ready, cluster away" => (Wanted(), Shows(Deployment(available: 1, completed: true), Pod(ready: true)) with { UnreachableSince = Now.AddSeconds(-30) }),
        _ => throw new ArgumentException("There is no such case.", nameof(what)),
    };

    private static ObservedPod Evicted => Pod(container: null, name: "evicted") with { Phase = "Failed", Reason = "Evicted", Message = "The node was low on resource: memory.", Container = null };

    private static ObservedPod NoRoom(double seconds) => Pod() with
    {
        Phase = "Pending",
        Node = null,
        Container = null,
        CreatedAt = Now.AddSeconds(-seconds),
        Unschedulable = "0/1 nodes are available: 1 Insufficient cpu.",
    };

    private static DesiredApp Problem() => Wanted() with { Applied = false, ProblemReason = "Name taken", ProblemDetail = "Somebody else has it." };
}
