using System.Globalization;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

/// <summary>A failed app says why in words a non-expert understands, and recovers on the next good release.</summary>
public sealed class FailureTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_image_that_is_not_there_fails_as_image_not_found_and_recovers_with_a_good_one()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop", "sample-http:nope"));
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Image not found", failed.Status.Reason);
        Assert.Contains("sample-http:nope", failed.Status.Detail);
        Assert.Equal((1, 0), (failed.Status.Wanted, failed.Status.Ready));
        await ReleaseFailed(user, project, "shop", 1);

        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:1") });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        await Wait.For("the releases' outcomes", async cancel => (await user.Client.Releases(project, "shop", cancel: cancel)).Items.Select(r => r.Outcome).ToList(),
            outcomes => outcomes is [ReleaseOutcome.Succeeded, ReleaseOutcome.Failed]);
    }

    [Fact]
    public async Task A_release_that_does_not_come_up_leaves_the_old_one_answering_and_the_app_degraded()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Resources = Resources.Default });
        var running = await AppIs(user.Client, project, "shop", AppState.Running);
        await using var load = await LoadLoop.Start(running.Address!, people: 1);
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:nope") });
        var degraded = await AppIs(user.Client, project, "shop", AppState.Degraded, release: 2);
        Assert.Equal("Image not found", degraded.Status.Reason);
        await user.Client.Rollback(project, "shop", 1);
        await AppIs(user.Client, project, "shop", AppState.Running, release: 3);
        await load.Answered("1", 5);
        Assert.Empty(load.Failures);
    }

    private static async Task ReleaseFailed(TestUser user, string project, string app, int release)
    {
        var entries = await Wait.For("the failure in the timeline", async cancel => (await user.Client.Events(project, app, cancel: cancel)).Items,
            all => all.Any(e => e.Kind is TimelineKind.Failed && e.Release == release));
        Assert.Contains("mage", entries.First(e => e.Kind is TimelineKind.Failed).Message);
    }
}

public sealed class CrashTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_app_that_crashes_fails_with_exit_code_and_last_lines_and_recovers_with_a_good_image()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop", "sample-crash:1", port: null));
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal(("Crashed", 7), (failed.Status.Reason, failed.Status.ExitCode));
        Assert.Contains("sample-crash: fatal: configuration is missing, giving up", failed.Status.LastLines);

        var again = await Wait.For("the app to be started again", cancel => user.Client.App(project, "shop", cancel), app => app.Status.Restarts > 0);
        Assert.Equal(AppState.Failed, again.Status.State);
        await Wait.For("the crash in the timeline", async cancel => (await user.Client.Events(project, "shop", cancel: cancel)).Items,
            entries => entries.Any(e => e.Kind is TimelineKind.Crashed) && entries.Any(e => e.Kind is TimelineKind.Failed));
        await Wait.For("the log of the container before", async cancel =>
        {
            var previous = new List<string>();
            await foreach (var line in user.Client.Logs(project, "shop", new() { Previous = true }, cancel))
            {
                previous.Add(line.Text);
            }

            return previous;
        }, previous => previous.Contains("sample-crash: starting"));

        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:1"), Port = 8080 });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_named()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Command = ["/no/such/program"] });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Contains("could not be started", failed.Status.Reason);
        Assert.Contains("/no/such/program", failed.Status.Detail);
    }
}

public sealed class MemoryTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_app_that_needs_more_memory_than_it_has_says_so_and_recovers_with_more()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with
        {
            Resources = new(0.1m, 32),
            Environment = new Dictionary<string, string> { ["ALLOC_MB"] = "100" },
        });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Not enough memory", failed.Status.Reason);
        Assert.Contains(32.ToString(CultureInfo.InvariantCulture), failed.Status.Detail);

        await user.Client.PatchApp(project, "shop", new() { Resources = new(0.1m, 256) });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
    }
}

public sealed class HealthTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_app_that_never_becomes_healthy_says_so_and_recovers_when_it_does()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with
        {
            HealthPath = "/healthz",
            Environment = new Dictionary<string, string> { ["NEVER_HEALTHY"] = "1" },
        });
        var failed = await AppIs(user.Client, project, "shop", AppState.Failed, deadline: TimeSpan.FromSeconds(150));
        Assert.Contains("ealthy", failed.Status.Reason);
        Assert.Contains("/healthz", failed.Status.Detail);
        Assert.Contains("503", failed.Status.Detail);

        await user.Client.PatchApp(project, "shop", new() { Environment = new Dictionary<string, string?> { ["NEVER_HEALTHY"] = null } });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
    }

    [Fact]
    public async Task An_app_that_starts_slowly_is_deploying_until_it_listens()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["START_DELAY_MS"] = "6000" } });
        await Wait.For("a container that runs", async cancel => (await user.Client.Events(project, "shop", cancel: cancel)).Items,
            entries => entries.Any(e => e.Kind is TimelineKind.Started));
        Assert.Equal(AppState.Deploying, (await user.Client.App(project, "shop")).Status.State);
        await AppIs(user.Client, project, "shop", AppState.Running);
    }
}
