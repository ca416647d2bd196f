using System.Net;
using System.Net.Http.Headers;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

public sealed class LogTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Text_has_the_lines_and_with_several_pods_says_whose_each_is()
    {
        var (user, project) = await Running("one");
        await AppIs(user.Client, project, "one", AppState.Running);
        var path = $"api/projects/{project}/apps/one/logs";
        using (var answer = await user.Http.GetAsync(path))
        {
            Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains("sample-http", (await answer.Content.ReadAsStringAsync()).Split('\n')[0]);
        }

        Assert.Equal("", await user.Http.GetStringAsync($"{path}?tail=0"));
        await user.Client.PatchApp(project, "one", new() { Replicas = 2 });
        await AppIs(user.Client, project, "one", AppState.Running, release: 2);
        var lines = await Wait.For("the old pod to be gone", async cancel => await user.Http.GetStringAsync(path, cancel),
            text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(" | ")[0]).Distinct().Count() == 2);
        Assert.All(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.StartsWith("one-", l));
    }

    [Fact]
    public async Task Json_lines_have_pod_and_time_and_one_pod_can_be_chosen()
    {
        var (user, project) = await Running("one", "two");
        await AppIs(user.Client, project, "one", AppState.Running);
        await AppIs(user.Client, project, "two", AppState.Running);
        var pod = (await user.Client.Pods(project, "one")).Items[0].Name;
        var lines = await user.Client.Logs(project, "one", new() { Pod = pod }).ToListAsync();
        Assert.NotEmpty(lines);
        Assert.All(lines, l => Assert.True(l.Pod == pod && l.At > DateTimeOffset.UtcNow.AddMinutes(-10)));

        // Somebody else's pod is no pod of this app, whatever its name.
        using var answer = await user.Http.GetAsync($"api/projects/{project}/apps/two/logs?pod={pod}");
        await answer.IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_app_that_never_ran_has_an_empty_log()
    {
        var (owner, project, app) = await Platform.Shared();
        Assert.Equal("", await owner.Http.GetStringAsync($"api/projects/{project}/apps/{app}/logs"));
        Assert.Empty(await owner.Client.Logs(project, app, new() { Previous = true }).ToListAsync());
    }

    [Fact]
    public async Task Following_waits_for_the_first_pod_and_goes_on_over_restarts_and_new_releases()
    {
        var user = await Platform.NewUser();
        var project = await user.NewProject("follow");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        using var stop = new CancellationTokenSource();
        var lines = new List<LogLine>();
        var following = Task.Run(async () =>
        {
            try
            {
                await foreach (var line in user.Client.Logs(project, "shop", new() { Follow = true }, stop.Token))
                {
                    lock (lines)
                    {
                        lines.Add(line);
                    }
                }
            }
            catch (OperationCanceledException)
            {
            }
        });
        await user.Client.StartApp(project, "shop");
        var running = await AppIs(user.Client, project, "shop", AppState.Running);
        await Seen("the first line", all => all.Count > 0);
        var first = All()[0].Pod;

        await TestProcess.Crash(Cluster, running);

        // The container's second run begins with the same line as its first.
        var beginning = All()[0].Text;
        await Seen("the second run of the container", all => all.Count(l => l.Pod == first && l.Text == beginning) > 1);
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2") });
        await Seen("the new release's pod", all => all.Any(l => l.Pod != first));
        Assert.Equal(All().Count, All().Select(l => (l.Pod, l.At, l.Text)).Distinct().Count());

        // Gone with the app, by itself: nobody has to cut it off.
        await user.Client.DeleteApp(project, "shop");
        await following.WaitAsync(TimeSpan.FromSeconds(90));

        List<LogLine> All()
        {
            lock (lines)
            {
                return [.. lines];
            }
        }

        Task Seen(string what, Predicate<List<LogLine>> condition) => Wait.For(what, _ => Task.FromResult(All()), condition);
    }

    [Fact]
    public async Task The_log_of_the_run_before_the_crash_can_be_read()
    {
        var user = await Platform.NewUser();
        var project = await user.NewProject("previous");
        await user.Client.CreateApp(project, Small("shop", "sample-crash:1", port: null));
        var lines = await Wait.For("a second run", cancel => user.Client.Logs(project, "shop", new() { Previous = true }, cancel).ToListAsync(cancel).AsTask(),
            l => l.Count > 0);
        Assert.Contains(lines, l => l.Text == "sample-crash: fatal: configuration is missing, giving up");
    }

    [Fact]
    public async Task Without_the_cluster_it_is_a_503_that_says_when_to_try_again()
    {
        await using var proxy = new ClusterProxy();
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, proxy.KubeConfig));
        using var user = await TestUser.Register(api);
        var project = await Wait.For("a project", _ => user.NewProject("away"), p => p is not null);
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        proxy.Refuse();
        foreach (var query in new[] { "", "?follow=true" })
        {
            using var answer = await Wait.For("the outage to be noticed", cancel => user.Http.GetAsync($"api/projects/{project}/apps/shop/logs{query}", HttpCompletionOption.ResponseHeadersRead, cancel),
                a => a.StatusCode is not HttpStatusCode.OK, describe: a => a.StatusCode.ToString());
            await answer.IsProblem(HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        var app = await Wait.For("the status to say so", cancel => user.Client.App(project, "shop", cancel), a => a.Status.Detail is not null);
        Assert.Equal((AppState.Running, "Cluster not reachable"), (app.Status.State, app.Status.Reason));
        proxy.Mend();
        await Wait.For("the outage to be over", cancel => user.Client.App(project, "shop", cancel), a => a.Status is { State: AppState.Running, Reason: null });
    }

    [Fact]
    public async Task A_stream_ends_when_the_process_is_asked_to_end()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("ending");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/projects/{project}/apps/shop/logs?follow=true");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var log = await user.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var events = await user.Http.GetAsync($"api/projects/{project}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (log.StatusCode, events.StatusCode));
        var both = Task.WhenAll(log.Content.ReadAsStringAsync(), events.Content.ReadAsStringAsync());
        await TestProcess.Terminate(api.Id);
        await both.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_projects_stream_opens_tells_each_change_and_that_an_app_is_gone()
    {
        var user = await Platform.NewUser();
        var project = await user.NewProject("stream");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using var changes = user.Client.Changes(project, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await changes.MoveNextAsync());
        Assert.Null(changes.Current);

        await user.Client.CreateApp(project, Small("shop"));
        var states = new List<AppState>();
        while (states.LastOrDefault() is not AppState.Running && await changes.MoveNextAsync())
        {
            states.Add(changes.Current!.App!.Status.State);
        }

        Assert.Equal(AppState.Deploying, states[0]);
        await user.Client.DeleteApp(project, "shop");
        AppChanged? last = null;
        while (last?.App is not null || last is null)
        {
            Assert.True(await changes.MoveNextAsync());
            last = changes.Current;
        }

        Assert.Equal("shop", last.Name);
    }

    [Fact]
    public async Task A_stream_ends_for_who_is_not_in_the_project_any_more()
    {
        var owner = await Platform.NewUser();
        var guest = await Platform.NewUser();
        var project = await owner.NewProject("guests");
        using (var added = await owner.SendJson(HttpMethod.Put, $"api/projects/{project}/collaborators/{guest.Email}", new { role = "viewer" }))
        {
            if (added.StatusCode is HttpStatusCode.NotFound)
            {
                // Collaborators are looked after elsewhere; here it only matters that the row is gone.
                var database = await Platform.Database();
                await database.Scalar<int>(
                    "WITH added AS (INSERT INTO collaborators (project_id, user_id, role) SELECT p.id, u.id, 'Viewer' FROM projects p, users u WHERE p.name = $1 AND u.email = $2 RETURNING 1) SELECT count(*)::int FROM added",
                    project, guest.Email);
            }
        }

        using var events = await guest.Http.GetAsync($"api/projects/{project}/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, events.StatusCode);
        var rest = events.Content.ReadAsStringAsync();
        await (await Platform.Database()).Scalar<int>(
            "WITH gone AS (DELETE FROM collaborators c USING users u WHERE c.user_id = u.id AND u.email = $1 RETURNING 1) SELECT count(*)::int FROM gone", guest.Email);
        await rest.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private async Task<(TestUser User, string Project)> Running(params string[] apps)
    {
        var user = await Platform.NewUser();
        var project = await user.NewProject("logs");
        foreach (var app in apps)
        {
            await user.Client.CreateApp(project, Small(app));
        }

        return (user, project);
    }
}
