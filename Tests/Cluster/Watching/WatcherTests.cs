using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Slipway.Api.Cluster.Watching;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

public sealed class WatcherTests(Platform platform) : PlatformTest(platform)
{
    private readonly string ns = Names.Project("watch");
    private readonly Guid app = Guid.NewGuid();

    [Fact]
    public async Task What_is_there_and_what_comes_and_goes_is_seen()
    {
        await Namespace();
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("before", app), ns);
        await using var rig = new WatchRig();
        await rig.Synced();

        Assert.Equal("before", Assert.Single(rig.State.Owned(app)).Name);
        Assert.False(rig.State.Find("Namespace", "", ns)!.ManagedBySlipway);

        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("after", app), ns);
        await Seen(rig, "the new object", s => s.Find("ServiceAccount", ns, "after") is not null);
        await Cluster.Client.CoreV1.DeleteNamespacedServiceAccountAsync("before", ns);
        await Seen(rig, "the deleted object to be gone", s => s.Find("ServiceAccount", ns, "before") is null);
        Assert.Equal("after", Assert.Single(rig.State.Owned(app)).Name);
    }

    [Fact]
    public async Task After_30_seconds_without_the_cluster_everything_is_current_again()
    {
        await Namespace();
        await using var proxy = new ClusterProxy();
        await using var rig = new WatchRig(proxy.KubeConfig);
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("stays", app), ns);
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("goes", app), ns);
        await rig.Synced();
        var changes = new ConcurrentQueue<ClusterChange>();
        using var listening = rig.State.OnChange(c =>
        {
            if (c.OwnerId == app)
            {
                changes.Enqueue(c);
            }
        });

        proxy.Refuse();
        await Seen(rig, "the outage to be noticed", s => s.UnreachableSince is not null);
        await Cluster.Client.CoreV1.DeleteNamespacedServiceAccountAsync("goes", ns);
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("comes", app), ns);
        await Seen(rig, "30 s to pass", s => DateTimeOffset.UtcNow - s.UnreachableSince > TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(45));
        Assert.Equal(2, rig.State.Owned(app).Count);
        Assert.NotNull(rig.State.Observe(app).UnreachableSince);

        proxy.Mend();
        await Seen(rig, "what happened meanwhile", s => s.Find("ServiceAccount", ns, "comes") is not null && s.Find("ServiceAccount", ns, "goes") is null
            && s.UnreachableSince is null, TimeSpan.FromSeconds(15));
        Assert.Equal(["comes", "goes"], changes.Select(c => c.Name).Distinct().Order());
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_at_the_start_is_watched_when_it_comes()
    {
        await Namespace();
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("there", app), ns);
        await using var proxy = new ClusterProxy();
        proxy.Refuse();
        await using var rig = new WatchRig(proxy.KubeConfig);
        await rig.Start();
        await Seen(rig, "the outage to be noticed", s => s.UnreachableSince is not null);
        Assert.False(rig.State.Synced);

        proxy.Mend();
        await Seen(rig, "the lists", s => s.Synced, TimeSpan.FromSeconds(20));
        Assert.NotNull(rig.State.Find("ServiceAccount", ns, "there"));
    }

    [Fact]
    public async Task A_connection_that_went_silent_is_noticed_and_replaced()
    {
        await Namespace();
        await using var proxy = new ClusterProxy();
        await using var rig = new WatchRig(proxy.KubeConfig);
        await rig.Synced();

        proxy.Hang();
        await Seen(rig, "the silence to be noticed", s => s.UnreachableSince is not null, TimeSpan.FromSeconds(40));
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("comes", app), ns);
        proxy.Mend();
        await Seen(rig, "what happened meanwhile", s => s.Find("ServiceAccount", ns, "comes") is not null && s.UnreachableSince is null,
            TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_lose_nothing()
    {
        await Namespace();
        await using var proxy = new ClusterProxy();
        await using var rig = new WatchRig(proxy.KubeConfig);
        await rig.Synced();
        for (var i = 0; i < 20; i++)
        {
            await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account($"account-{i}", app), ns);
            proxy.Cut();
            if (i % 2 == 0)
            {
                await Cluster.Client.CoreV1.DeleteNamespacedServiceAccountAsync($"account-{i}", ns);
            }
        }

        await Seen(rig, "the ten that are left", s => s.Owned(app).Count == 10, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_version_that_the_cluster_has_forgotten_leads_to_a_new_list()
    {
        await Namespace();
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("there", app), ns);
        await using var rig = new WatchRig();
        using var stop = new CancellationTokenSource();
        // The first version of all: a cluster that is older than a few minutes answers "too old resource version" (410 Gone).
        var watching = rig.WatcherFrom("1").Run(stop.Token);
        await Seen(rig, "the list", s => s.Find("ServiceAccount", ns, "there") is not null);
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("comes", app), ns);
        await Seen(rig, "what comes after the list", s => s.Find("ServiceAccount", ns, "comes") is not null);
        Assert.Null(rig.State.UnreachableSince);
        await stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task Watches_that_reach_their_time_limit_go_on_without_a_new_list()
    {
        await Namespace();
        await using var rig = new WatchRig(watchSeconds: 2);
        await rig.Synced();
        var calls = rig.Connection.Calls;
        await Seen(rig, "several rounds of watches", _ => rig.Connection.Calls > calls + 36, TimeSpan.FromSeconds(30));
        await Cluster.Client.CoreV1.CreateNamespacedServiceAccountAsync(WatchRig.Account("late", app), ns);
        await Seen(rig, "the new object", s => s.Find("ServiceAccount", ns, "late") is not null);
        Assert.Null(rig.State.UnreachableSince);
    }

    private Task Namespace() => Cluster.NewForeignNamespace(ns);

    private static Task Seen(WatchRig rig, string what, Func<ClusterState, bool> condition, TimeSpan? deadline = null) =>
        Wait.Until(what, _ => Task.FromResult(condition(rig.State)), deadline ?? TimeSpan.FromSeconds(20));
}
