using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;
using static Slipway.Tests.Unit.Observing.Seen;

namespace Slipway.Tests.Unit.Observing;

public sealed class MilestoneTests
{
    [Fact]
    public void A_start_is_told_in_order_with_the_clusters_times()
    {
        var pod = Pod(ready: true, events: Said("Pulled", "Successfully pulled image \"shop:1\" in 451.402612ms", secondsAgo: 57) with { Warning = false });
        var found = Of(Wanted(), Shows(Deployment(available: 1, completed: true), pod));
        Assert.Equal(
            [
                (TimelineKind.Scheduled, "scheduled:2", Now.AddSeconds(-60), "A machine was found: node1."),
                (TimelineKind.Pulled, "pulled:2", Now.AddSeconds(-58), "The image was fetched in 451 ms."),
                (TimelineKind.Started, "started:2", Now.AddSeconds(-55), "The first container was started."),
                (TimelineKind.Ready, "ready:2:3", Now.AddSeconds(-50), "The app is ready."),
            ],
            found.Select(m => (m.Kind, m.Key, m.At, m.Message)));
    }

    [Fact]
    public void Nothing_is_before_what_led_to_it()
    {
        // The event that tells of the pull came late, and the cluster's seconds are whole.
        var pod = Pod(ready: true, events: Said("Pulled", "Container image \"shop:1\" already present on machine", secondsAgo: 1)) with { ReadyChangedAt = Now.AddSeconds(-56) };
        var found = Of(Wanted(), Shows(Deployment(available: 1), pod));
        Assert.Equal(found.Select(m => m.At), found.Select(m => m.At).Order());
        Assert.Equal([TimelineKind.Scheduled, TimelineKind.Pulled, TimelineKind.Started, TimelineKind.Ready], found.Select(m => m.Kind));
    }

    [Fact]
    public void A_container_that_runs_has_its_image_even_if_nobody_said_so() =>
        Assert.Contains(Of(Wanted(), Shows(Deployment(), Pod())), m => m.Kind is TimelineKind.Pulled && m.Message == "The image is on the machine.");

    [Theory]
    [InlineData("Successfully pulled image \"x\" in 1.634211s", "The image was fetched in 1.6 s.")]
    [InlineData("Successfully pulled image \"x\" in 12.8s (12.8s including waiting). Image size: 1 bytes.", "The image was fetched in 12.8 s.")]
    [InlineData("Successfully pulled image \"x\" in 1m2.5s", "The image was fetched in 1m2.5s.")]
    [InlineData("Container image \"x\" already present on machine", "The image was on the machine already.")]
    [InlineData("Successfully pulled image", "The image is on the machine.")]
    public void A_pull_is_told_in_words(string said, string message) =>
        Assert.Equal(message, Of(Wanted(), Shows(Deployment(), Pod(events: Said("Pulled", said)))).Single(m => m.Kind is TimelineKind.Pulled).Message);

    [Fact]
    public void Every_end_of_a_container_has_a_key_of_its_own_whenever_it_is_seen()
    {
        var first = Of(null, Shows(null, Pod(container: Over(End(7, message: "a\nb\n")))));
        var later = Of(null, Shows(null, Pod(container: Waiting("CrashLoopBackOff", null, End(7, message: "a\nb\n"), 0))));
        var both = Of(null, Shows(null, Pod(container: new ObservedContainer { Name = "app", Ended = End(7), LastEnded = End(7), Restarts = 1 })));
        var key = Assert.Single(first, m => m.Kind is TimelineKind.Crashed);
        Assert.Equal(("crashed:uid-of-shop-1:1", "shop-1 ended with exit code 7. Last line: b"), (key.Key, key.Message));
        Assert.Equal(key.Key, Assert.Single(later, m => m.Kind is TimelineKind.Crashed).Key);
        Assert.Equal(["crashed:uid-of-shop-1:1", "crashed:uid-of-shop-1:2"], both.Where(m => m.Kind is TimelineKind.Crashed).Select(m => m.Key));
    }

    [Fact]
    public void What_ends_because_it_was_told_to_is_no_crash() =>
        Assert.DoesNotContain(Of(Wanted(), Shows(Deployment(), Pod(container: Over(End(143))) with { DeletedAt = Now })), m => m.Kind is TimelineKind.Crashed);

    [Fact]
    public void A_failure_is_told_once_for_each_reason()
    {
        var failed = Of(Wanted(), Shows(Deployment(), Pod(container: Waiting("ErrImagePull", "not found")))).Single(m => m.Kind is TimelineKind.Failed);
        Assert.Equal("failed:2:Image not found", failed.Key);
        Assert.StartsWith("Image not found. The registry at", failed.Message);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Nothing_is_concluded_from_what_is_not_known(bool unsynced, bool unreachable, bool unapplied)
    {
        var seen = Shows(Deployment(available: 1, completed: true), Pod(ready: true)) with { Synced = !unsynced, UnreachableSince = unreachable ? Now : null };
        Assert.DoesNotContain(Of(Wanted() with { Applied = !unapplied }, seen), m => m.Kind is TimelineKind.Ready or TimelineKind.Failed);
    }

    [Fact]
    public void A_restart_of_the_same_release_is_ready_again() => Assert.NotEqual(
        Of(Wanted(), Shows(Deployment(available: 1), Pod(ready: true))).Single(m => m.Kind is TimelineKind.Ready).Key,
        Of(Wanted(), Shows(Deployment(available: 1) with { Generation = 4, ObservedGeneration = 4 }, Pod(ready: true))).Single(m => m.Kind is TimelineKind.Ready).Key);

    [Fact]
    public void An_app_on_its_way_out_has_no_more_milestones() =>
        Assert.Empty(Of(Wanted() with { Deleting = true }, Shows(Deployment(), Pod(container: Over(End(1))))));

    private static List<Milestone> Of(DesiredApp? desired, ObservedApp observed) => Milestones.Of(App, desired, observed, Now);
}
