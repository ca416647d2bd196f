using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

public sealed class CrashTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task What_a_container_wrote_before_it_died_is_kept_once_and_outlives_its_pod()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        var other = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("crash");
        await user.Client.CreateApp(project, Small("shop", "sample-crash:1", port: null));
        var crashes = await Wait.For("three crashes", cancel => user.Client.Crashes(project, "shop", cancel: cancel), c => c.Total >= 3);
        Assert.All(crashes.Items, c => Assert.Equal((7, "Error", "It ended with exit code 7.", 1), (c.ExitCode, c.Reason, c.Words, c.Release)));
        Assert.Equal(crashes.Items.Select(c => c.Run).OrderDescending(), crashes.Items.Select(c => c.Run));
        var timeline = await Wait.For("the timeline to lead to them", cancel => user.Client.Events(project, "shop", cancel: cancel),
            t => t.Items.Count(e => e.Crash is not null) >= 3);
        Assert.All(timeline.Items.Where(e => e.Crash is not null), e => Assert.Equal(TimelineKind.Crashed, e.Kind));

        // Its pod goes, and what is known of it stays.
        var pod = crashes.Items[0].Pod;
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:1"), Port = 8080 });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        await Wait.Until("the pod to be gone", async cancel => (await user.Client.Pods(project, "shop", cancel: cancel)).Items.All(p => p.Name != pod));
        var after = await user.At(other).Client.Crashes(project, "shop");
        // The cluster starts a container again at once after its first crash, and keeps the log of two runs: of the first, what it wrote may
        // be gone by the time that anybody hears of it.
        foreach (var crash in after.Items.Where(c => c.Run > 1 || c.Lines > 0))
        {
            var snapshot = await user.Client.Crash(project, "shop", crash.Id);
            // One is written to the output and one to the error output, whose order nobody promises.
            Assert.Equal(["sample-crash: fatal: configuration is missing, giving up", "sample-crash: starting"], snapshot.Lines.Select(l => l.Text).Order());
            Assert.All(snapshot.Lines, l => Assert.Equal(pod, l.Pod));
        }

        Assert.Equal(after.Total, after.Items.DistinctBy(c => (c.Pod, c.Run)).Count());
        Assert.Equal(0L, await database.Scalar<long>("SELECT count(*) FROM (SELECT 1 FROM crashes GROUP BY pod_uid, container, run HAVING count(*) > 1) AS twice"));

        using var viewer = await TestUser.Register(api);
        await viewer.Client.Crash(project, "shop", after.Items[0].Id).IsRefused(HttpStatusCode.NotFound);
        await user.Client.Crash(project, "shop", Guid.NewGuid()).IsRefused(HttpStatusCode.NotFound);
        await user.Client.CreateApp(project, Small("other") with { Stopped = true });
        await user.Client.Crash(project, "other", after.Items[0].Id).IsRefused(HttpStatusCode.NotFound);
    }
}
