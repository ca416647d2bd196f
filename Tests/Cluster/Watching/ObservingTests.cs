using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

public sealed class ObservingTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_image_that_is_not_there_fails_in_words_and_the_next_good_release_recovers()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop", "sample-http:nope"));
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Image not found", failed.Status.Reason);
        Assert.Equal($"The registry at {TestEnvironment.Registry} has no image 'sample-http:nope'. Check the name and the tag, and deploy again.", failed.Status.Detail);
        Assert.Equal(0, failed.Status.Ready);
        await Wait.For("the release to be noted as failed", cancel => user.Client.Releases(project, "shop", null, cancel),
            r => r.Items[0].Outcome is ReleaseOutcome.Failed);

        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:1") });
        var running = await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        Assert.Null(running.Status.Reason);
        Assert.Equal((1, 1), (running.Status.Wanted, running.Status.Ready));
    }

    [Fact]
    public async Task A_crash_at_the_start_fails_with_its_exit_code_and_last_lines_and_the_next_good_release_recovers()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop", "sample-crash:1", port: null));
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Crashed", failed.Status.Reason);
        Assert.Equal(7, failed.Status.ExitCode);
        // Which of two streams the runtime reads first is up to it.
        Assert.Equal(["sample-crash: fatal: configuration is missing, giving up", "sample-crash: starting"], failed.Status.LastLines!.Split('\n').Order());
        var events = await Timeline(user, project, "shop", e => e.Kind is TimelineKind.Failed);
        Assert.Contains("exit code 7", Assert.Single(events, e => e.Kind is TimelineKind.Failed).Message);
        Assert.Contains(events, e => e.Kind is TimelineKind.Crashed && e.Message.Contains("exit code 7. Last line: sample-crash: "));
        Assert.DoesNotContain(events, e => e.Kind is TimelineKind.Ready);

        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:1") });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
    }

    [Fact]
    public async Task A_new_release_that_fails_leaves_the_old_one_answering_and_the_app_degraded()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        await user.Client.PatchApp(project, "shop", new() { Command = ["/no/such/program"] });
        var degraded = await AppIs(user.Client, project, "shop", AppState.Degraded, release: 2);
        Assert.Equal("The command could not be started", degraded.Status.Reason);
        Assert.Contains("'/no/such/program'", degraded.Status.Detail);
        Assert.EndsWith("Meanwhile release 1 still answers.", degraded.Status.Detail);
        Assert.Equal(1, degraded.Status.Ready);
        await user.Client.Rollback(project, "shop", 1);
        await AppIs(user.Client, project, "shop", AppState.Running, release: 3);
    }

    [Fact]
    public async Task An_app_that_uses_too_much_memory_says_so()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["ALLOC_MB"] = "200" } });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Not enough memory", failed.Status.Reason);
        Assert.Contains("32 MiB", failed.Status.Detail);
    }

    [Fact]
    public async Task An_app_that_never_becomes_healthy_says_what_its_health_check_was_answered()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Cluster__ProgressDeadlineSeconds"] = "10" }));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("sick");
        await user.Client.CreateApp(project, Small("shop") with { HealthPath = "/fail" });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Never became healthy", failed.Status.Reason);
        Assert.Contains("'GET /fail' on port 8080 was answered with 500", failed.Status.Detail);
        Assert.Equal(0, failed.Status.Ready);
    }

    [Fact]
    public async Task An_app_that_fits_on_no_machine_says_so_at_once_and_fails_when_it_lasts()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop") with { Resources = new(0.1m, 900_000) });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Contains(failed.Status.Reason, new[] { "No room in the cluster", "Over the project's limits" });
        Assert.Contains("memory", failed.Status.Detail);
    }

    [Fact]
    public async Task The_timeline_tells_a_deployment_in_order_and_once()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        var events = await Timeline(user, project, "shop", e => e.Kind is TimelineKind.Ready);
        Assert.Equal(
            [TimelineKind.Accepted, TimelineKind.Applied, TimelineKind.Scheduled, TimelineKind.Pulled, TimelineKind.Started, TimelineKind.Ready],
            events.Select(e => e.Kind));
        Assert.Equal(events.Select(e => e.At), events.Select(e => e.At).Order());
        Assert.Equal(ReleaseOutcome.Succeeded, (await user.Client.Releases(project, "shop")).Items[0].Outcome);

        var pod = Assert.Single((await user.Client.Pods(project, "shop")).Items);
        Assert.Equal(("Running", true, 1, 0, null), (pod.Phase, pod.Ready, pod.Release, pod.Restarts, pod.Message));

        await user.Client.StopApp(project, "shop");
        await Wait.For("no pod to be left", cancel => user.Client.App(project, "shop", cancel), a => a.Status is { State: AppState.Stopped, Reason: null, Wanted: 0, Ready: 0 });
        Assert.Empty((await user.Client.Pods(project, "shop")).Items);
    }

    [Fact]
    public async Task An_app_without_a_port_runs_when_it_has_stayed_up()
    {
        var (user, project) = await Project();
        await user.Client.CreateApp(project, Small("worker", port: null));
        var running = await AppIs(user.Client, project, "worker", AppState.Running);
        Assert.Null(running.Address);
        Assert.Single(await Timeline(user, project, "worker", e => e.Kind is TimelineKind.Ready), e => e.Kind is TimelineKind.Ready);
    }

    [Theory]
    [InlineData("pods?limit=0", "limit")]
    [InlineData("pods?sort=colour", "sort")]
    [InlineData("pods?offset=minus", "offset")]
    [InlineData("events?limit=501", "limit")]
    [InlineData("events?sort=name", "sort")]
    [InlineData("logs?tail=-1", "tail")]
    [InlineData("logs?tail=10001", "tail")]
    [InlineData("logs?tail=many", "tail")]
    [InlineData("logs?follow=perhaps", "follow")]
    [InlineData("logs?previous=2", "previous")]
    [InlineData("logs?follow=true&previous=true", "previous")]
    public async Task A_bad_parameter_is_named(string query, string parameter)
    {
        var (owner, project, app) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Get, $"api/projects/{project}/apps/{app}/{query}");
        await answer.NamesField(parameter);
    }

    [Theory]
    [InlineData("pods")]
    [InlineData("events")]
    [InlineData("logs")]
    [InlineData("logs?follow=true")]
    public async Task An_app_that_is_not_there_is_not_found(string path)
    {
        var (owner, project, _) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Get, $"api/projects/{project}/apps/nothing/{path}");
        await answer.IsProblem(HttpStatusCode.NotFound);
    }

    private async Task<(TestUser User, string Project)> Project()
    {
        var user = await Platform.NewUser();
        return (user, await user.NewProject("observe"));
    }

    private static async Task<IReadOnlyList<TimelineEntry>> Timeline(TestUser user, string project, string app, Predicate<TimelineEntry> until) =>
        (await Wait.For("the timeline to go on", cancel => user.Client.Events(project, app, new() { Limit = 500, Sort = "at" }, cancel),
            page => page.Items.Any(e => until(e)))).Items;
}
