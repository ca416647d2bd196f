using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Api.Cluster.Watching;
using Slipway.Tests.Unit.Observing;

namespace Slipway.Tests.Unit.Watching;

public sealed class ClusterStateTests
{
    private readonly ClusterState state = new(NullLogger<ClusterState>.Instance, TimeProvider.System);
    private readonly List<ClusterChange> changes = [];
    private readonly Guid app = Guid.NewGuid();

    [Fact]
    public void A_new_list_tells_only_what_differs()
    {
        state.Replace("Pod", [Pod("same", "1"), Pod("changed", "2"), Pod("gone", "3")]);
        Listen();
        state.Replace("Pod", [Pod("same", "1"), Pod("changed", "5"), Pod("new", "6")]);
        Assert.Equal(["changed", "gone", "new"], changes.Select(c => c.Name).Order());
        Assert.Equal(["changed", "new", "same"], state.Owned(app).Select(o => o.Name).Order());
        Assert.Null(state.Find("Pod", "demo", "gone"));
    }

    [Fact]
    public void An_object_that_was_replaced_by_one_of_the_same_name_is_a_change()
    {
        state.Set("Pod", Pod("a", "1"));
        Listen();
        state.Set("Pod", Pod("a", "1") with { Object = Object("a") with { Uid = "another" } });
        Assert.Single(changes);
    }

    [Fact]
    public void A_snapshot_is_the_same_until_something_changes()
    {
        state.Await(["Pod"]);
        state.Replace("Pod", [Pod("a", "1")]);
        var before = state.Observe(app);
        Assert.Same(before, state.Observe(app));
        state.Set("Pod", Pod("b", "2"));
        Assert.Equal(2, state.Observe(app).Pods.Count);
        Assert.Single(before.Pods);
    }

    [Fact]
    public void An_object_whose_label_moves_to_another_app_is_seen_there_alone()
    {
        var other = Guid.NewGuid();
        state.Set("Pod", Pod("a", "1"));
        Listen();
        state.Set("Pod", Pod("a", "2") with { Object = Object("a") with { OwnerId = other } });
        Assert.Empty(state.Observe(app).Pods);
        Assert.Single(state.Observe(other).Pods);
        Assert.Equal([app, other], changes.Select(c => c.OwnerId!.Value));
    }

    [Fact]
    public void An_event_belongs_to_its_pod_whichever_comes_first()
    {
        state.Set("Event", Event("e1", "a"));
        state.Set("Pod", Pod("a", "1"));
        Listen();
        state.Set("Event", Event("e2", "a"));
        Assert.Equal(["e1", "e2"], state.Observe(app).Pods[0].Events.Select(e => e.Name));
        Assert.Equal(app, Assert.Single(changes).OwnerId);
        // Events expire; that alone is no news.
        state.Remove("Event", "demo", "e1");
        Assert.Single(changes);
        Assert.Equal(["e2"], state.Observe(app).Pods[0].Events.Select(e => e.Name));
    }

    [Fact]
    public void It_is_whole_when_every_kind_was_listed()
    {
        Listen();
        state.Await(["Pod", "Service"]);
        state.Replace("Pod", []);
        Assert.False(state.Synced);
        Assert.False(state.Observe(app).Synced);
        state.Replace("Service", []);
        Assert.True(state.Synced);
        Assert.True(state.Observe(app).Synced);
        Assert.Equal(ClusterChange.Everything, Assert.Single(changes).Kind);
    }

    [Fact]
    public void An_outage_has_one_beginning_and_one_end()
    {
        state.Await(["Pod", "Service", "Secret"]);
        Listen();
        state.Reach("Pod", "refused");
        Assert.Null(state.UnreachableSince);
        state.Reach("Secret", "refused");
        var since = state.UnreachableSince;
        Assert.NotNull(since);
        state.Reach("Service", "refused");
        state.Reach("Pod", "refused again");
        Assert.Equal(since, state.Observe(app).UnreachableSince);
        state.Reach("Pod", null);
        state.Reach("Service", null);
        // One kind may go on failing.
        state.Reach("Secret", "internal error");
        Assert.Null(state.UnreachableSince);
        Assert.Equal([ClusterChange.Everything, ClusterChange.Everything], changes.Select(c => c.Kind));
    }

    [Fact]
    public void A_listener_that_fails_or_has_left_disturbs_nobody()
    {
        var left = state.OnChange(_ => throw new InvalidOperationException("left"));
        state.OnChange(_ => throw new InvalidOperationException("broken"));
        Listen();
        left.Dispose();
        state.Set("Pod", Pod("a", "1"));
        Assert.Single(changes);
    }

    [Fact]
    public async Task Reading_while_it_is_written_to_sees_whole_snapshots()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                state.Replace("Pod", [Pod($"a{i % 3}", $"{i}"), Pod($"b{i % 3}", $"{i}")]);
            }
        });
        for (var i = 0; i < 20_000; i++)
        {
            Assert.InRange(state.Observe(app).Pods.Count, 0, 2);
        }

        await stop.CancelAsync();
        await writing;
    }

    private void Listen() => state.OnChange(changes.Add);

    private ObservedObject Object(string name, string kind = "Pod") => new(kind, "demo", name, $"uid-{name}", "", true, kind == "Event" ? null : app);

    private Sighting Pod(string name, string version) => new(Object(name), version, Seen.Pod(name: name));

    private Sighting Event(string name, string pod) =>
        new(Object(name, "Event"), name, new PodEvent(pod, new ObservedEvent(name, true, "Unhealthy", "said", 1, Seen.Now, Seen.Now)));
}
