using CsCheck;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;
using static Slipway.Tests.Unit.Observing.Seen;

namespace Slipway.Tests.Unit.Observing;

/// <summary>What holds whatever is seen.</summary>
public sealed class StatusPropertyTests
{
    private static readonly Gen<string?> Words = Gen.OneOf(new string?[] { null, "", "CrashLoopBackOff", "ErrImagePull", "ImagePullBackOff", "ContainerCreating",
        "InvalidImageName", "CreateContainerConfigError", "RunContainerError", "OOMKilled", "StartError", "Error", "Completed", "not found", "401", "exec: \"x\"", "]] \0 \ud800" }.Select(w => Gen.Const(w)).ToArray());

    private static readonly Gen<DateTimeOffset?> Times = Gen.OneOf(Gen.Const((DateTimeOffset?)null), Gen.Double[-90, 30].Select(s => (DateTimeOffset?)Now.AddSeconds(s)));

    private static readonly Gen<ObservedEnd?> Ends = Gen.OneOf(Gen.Const((ObservedEnd?)null),
        Gen.Select(Gen.Int[-1, 300], Words, Words, Times, (code, reason, message, at) => (ObservedEnd?)new ObservedEnd(code, reason, message, null, at, at)));

    private static readonly Gen<ObservedContainer?> Containers = Gen.OneOf(Gen.Const((ObservedContainer?)null),
        Gen.Select(Words, Words, Times, Ends, Ends, Gen.Int[0, 5], (reason, message, since, ended, last, restarts) => (ObservedContainer?)new ObservedContainer
        {
            Name = "app",
            WaitingReason = reason,
            WaitingMessage = message,
            RunningSince = since,
            Ended = ended,
            LastEnded = last,
            Restarts = restarts,
        }));

    private static readonly Gen<ObservedPod> Pods = Gen.Select(Gen.Int[0, 3], Gen.Bool, Containers, Times, Words, Gen.Bool, Gen.Bool, (release, ready, container, time, words, node, evicted) =>
        Pod(release, ready, null, $"pod-{release}", Said("Unhealthy", words ?? ""), Said("FailedMount", "x", 5)) with
        {
            Container = container,
            DeletedAt = time > Now ? time : null,
            Node = node ? "node1" : null,
            Unschedulable = node ? null : words,
            ReadyChangedAt = time,
            Phase = evicted ? "Failed" : "Running",
        });

    private static readonly Gen<ObservedDeployment?> Deployments = Gen.OneOf(Gen.Const((ObservedDeployment?)null),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool, Gen.Bool, Gen.Bool, Words, (release, replicas, updated, available, completed, deadline, stale, problem) =>
            (ObservedDeployment?)Deployment(release, 2, replicas, updated, available, completed, deadline, problem, stale)));

    private static readonly Gen<(DesiredApp Desired, ObservedApp Observed)> Cases =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Deployments, Pods.List[0, 4],
            (release, replicas, stopped, deleting, applied, problem, deployment, pods) =>
                (Wanted(release, replicas, release == 3 ? null : 8080) with { Stopped = stopped, Deleting = deleting && stopped, Applied = applied, ProblemReason = problem && !applied ? "Problem" : null },
                    Shows(deployment, [.. pods])));

    [Fact]
    public void A_status_always_follows_and_keeps_its_word() => Cases.Sample(c =>
    {
        var status = Derive(c.Desired, c.Observed);
        switch (status.State)
        {
            case AppState.Running:
                Assert.True(status.Ready >= status.Wanted && c.Desired.Applied && c.Observed.Deployment!.Release == c.Desired.Release);
                Assert.Null(status.Reason);
                break;
            case AppState.Degraded:
                Assert.True(status.Ready > 0 && status.Reason is not null);
                break;
            case AppState.Failed:
                Assert.NotNull(status.Reason);
                break;
            case AppState.Stopped:
                Assert.True(c.Desired.Stopped && status.Wanted == 0);
                break;
            case AppState.Deleting:
                Assert.True(c.Desired.Deleting);
                break;
        }

        Assert.True(StatusRules.NextLook(c.Observed, Now) is not { } next || next > Now);
        // What is Degraded may also be a release that came up once and is on its way back, which is no failure of the release.
        var failed = StatusRules.FailureOf(c.Desired, c.Observed, Now) is not null;
        Assert.True(status.State is not AppState.Failed || failed);
        Assert.True(!failed || status.State is AppState.Failed or AppState.Degraded);
    }, iter: 20_000);

    [Fact]
    public void Milestones_are_in_order_and_have_keys_that_fit() => Cases.Sample(c =>
    {
        var found = Milestones.Of(App, c.Desired, c.Observed, Now);
        Assert.Equal(found.Count, found.Select(m => m.Key).Distinct().Count() + found.Count(m => m.Kind is TimelineKind.Crashed) - found.Where(m => m.Kind is TimelineKind.Crashed).Select(m => m.Key).Distinct().Count());
        foreach (var release in found.GroupBy(m => m.Release))
        {
            Assert.Equal(release.Select(m => m.At), release.Select(m => m.At).Order());
        }

        Assert.All(found, m => Assert.True(m.Key.Length <= 200 && m.Message.Length <= 1000));
    }, iter: 5_000);

    [Fact]
    public void A_pod_can_always_be_described() => Cases.Sample(c =>
        Assert.All(c.Observed.Pods, p => Assert.NotEmpty(PodWords.Of(c.Desired, p, Now).Phase)), iter: 5_000);
}
