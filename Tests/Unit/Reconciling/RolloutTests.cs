using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class RolloutTests
{
    private static readonly ObservedDeployment Done = new("demo", "shop", Release: 2, Generation: 5, ObservedGeneration: 5, Wanted: 1, Replicas: 1, Updated: 1,
        Ready: 1, Available: 1, Completed: true, DeadlineExceeded: false, CreationProblem: null);

    private static readonly ObservedApp App = new(Guid.NewGuid()) { Deployment = Done, Pods = [Pod(2)] };

    public static TheoryData<string, ObservedApp, bool> Cases => new()
    {
        { "all pods are of the release", App, true },
        { "stopped", App with { Deployment = Done with { Wanted = 0, Replicas = 0, Updated = 0 }, Pods = [] }, true },
        { "a pod of the last release still ends", App with { Pods = [Pod(1), Pod(2)] }, false },
        { "the last release still has a replica", App with { Deployment = Done with { Replicas = 2 } }, false },
        { "not all replicas are new", App with { Deployment = Done with { Wanted = 2 } }, false },
        { "the cluster has not looked yet", App with { Deployment = Done with { ObservedGeneration = 4 } }, false },
        { "the change is not seen yet", App with { Deployment = Done with { Release = 1 } }, false },
        { "nothing is seen", new(Guid.NewGuid()), false },
        { "not everything was listed", App with { Synced = false }, false },
        { "the cluster is away", App with { UnreachableSince = DateTimeOffset.UnixEpoch }, false },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void A_rollout_is_over_when_no_earlier_pod_can_be_started_again(string what, ObservedApp app, bool over) =>
        Assert.True(Awaited.IsRolledOut(app, 2) == over, what);

    private static ObservedPod Pod(int release) => new()
    {
        Namespace = "demo",
        Name = $"shop-{release}",
        Uid = "",
        Release = release,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Phase = "Running",
    };
}
