using System.Net;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

public sealed class AppTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_new_app_is_a_201_with_its_location_and_status()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        using var answer = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/apps", Small("shop"));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.EndsWith($"/api/projects/{project}/apps/shop", answer.Headers.Location!.ToString());
        var app = await JsonSerializer.DeserializeAsync<AppView>(await answer.Content.ReadAsStreamAsync(), SlipwayJson.Options);
        Assert.Equal((project, "shop", 1, AppState.Deploying), (app!.Project, app.Name, app.Release, app.Status.State));
    }

    [Fact]
    public async Task What_is_left_out_takes_its_default()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        using var answer = await user.Send(HttpMethod.Post, $"/api/projects/{project}/apps", """{"name":"worker","image":"nginx:1.27","stopped":true}""");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var app = await user.Client.App(project, "worker");
        Assert.Equal((null, 1, Resources.Default, null), (app.Spec.Port, app.Spec.Replicas, app.Spec.Resources, app.Spec.HealthPath));
        Assert.Null(app.Address);
        Assert.Null(app.InternalAddress);
    }

    [Fact]
    public async Task A_name_that_an_app_of_the_project_has_is_a_409_and_is_free_in_another_project()
    {
        using var user = await Platform.NewUser();
        var (first, second) = (await user.NewProject(), await user.NewProject());
        await user.Client.CreateApp(first, Small("shop") with { Stopped = true });
        var refusal = await user.Client.CreateApp(first, Small("shop") with { Stopped = true }).IsRefused(HttpStatusCode.Conflict);
        Assert.Contains("shop", refusal.Title);
        await user.Client.CreateApp(second, Small("shop") with { Stopped = true });
    }

    public static TheoryData<string> RoutesOfApps => [.. Routes.OfApp.Select(r => r.ToString())];

    [Theory]
    [MemberData(nameof(RoutesOfApps))]
    public async Task An_unknown_app_is_a_404_on_every_path(string route)
    {
        var found = Routes.All.Single(r => r.ToString() == route);
        var (owner, project, _) = await Platform.Shared();
        foreach (var name in (string[])["nothing", "Not%20A%20Name", "%01", "%E2%9B%B5", new string('x', 300)])
        {
            using var answer = found.Body is null
                ? await owner.Send(new(found.Method), found.At(project, name))
                : await owner.Send(new(found.Method), found.At(project, name), found.Body);
            await answer.IsProblem(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("""{"image":"nginx"}""", "name")]
    [InlineData("""{"name":"Shop","image":"nginx"}""", "name")]
    [InlineData("""{"name":"1shop","image":"nginx"}""", "name")]
    [InlineData("""{"name":"","image":"nginx"}""", "name")]
    [InlineData("""{"name":"a23456789012345678901234567890123456789012345678901","image":"nginx"}""", "name")]
    [InlineData("""{"name":"x"}""", "image")]
    [InlineData("""{"name":"x","image":""}""", "image")]
    [InlineData("""{"name":"x","image":"https://ghcr.io/x"}""", "image")]
    [InlineData("""{"name":"x","image":"two words"}""", "image")]
    [InlineData("""{"name":"x","image":"team/UPPER"}""", "image")]
    [InlineData("""{"name":"x","image":"nginx","port":0}""", "port")]
    [InlineData("""{"name":"x","image":"nginx","port":65536}""", "port")]
    [InlineData("""{"name":"x","image":"nginx","port":"80"}""", "port")]
    [InlineData("""{"name":"x","image":"nginx","port":80.5}""", "port")]
    [InlineData("""{"name":"x","image":"nginx","replicas":0}""", "replicas")]
    [InlineData("""{"name":"x","image":"nginx","replicas":101}""", "replicas")]
    [InlineData("""{"name":"x","image":"nginx","replicas":null}""", "replicas")]
    [InlineData("""{"name":"x","image":"nginx","replicas":1e99}""", "replicas")]
    [InlineData("""{"name":"x","image":"nginx","resources":{"cpu":0,"memoryMiB":64}}""", "resources.cpu")]
    [InlineData("""{"name":"x","image":"nginx","resources":{"cpu":0.0001,"memoryMiB":64}}""", "resources.cpu")]
    [InlineData("""{"name":"x","image":"nginx","resources":{"cpu":1,"memoryMiB":1}}""", "resources.memoryMiB")]
    [InlineData("""{"name":"x","image":"nginx","resources":null}""", "resources")]
    [InlineData("""{"name":"x","image":"nginx","resources":{"cpu":"1","memoryMiB":64}}""", "resources.cpu")]
    [InlineData("""{"name":"x","image":"nginx","command":"sh"}""", "command")]
    [InlineData("""{"name":"x","image":"nginx","command":[null]}""", "command")]
    [InlineData("""{"name":"x","image":"nginx","arguments":["nul\u0000"]}""", "arguments")]
    [InlineData("""{"name":"x","image":"nginx","healthPath":"/healthz"}""", "healthPath")]
    [InlineData("""{"name":"x","image":"nginx","port":80,"healthPath":"healthz"}""", "healthPath")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"1X":"y"}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"A=B":"y"}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"":"y"}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"X":"nul\u0000"}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"X":null}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"X":1}}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","environment":[]}""", "environment")]
    [InlineData("""{"name":"x","image":"nginx","imagee":"nginx"}""", "imagee")]
    [InlineData("""{"name":"x","image":"nginx","stopped":"yes"}""", "stopped")]
    public async Task A_spec_that_cannot_run_is_a_400_that_names_the_field(string body, string field)
    {
        var (owner, project, _) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Post, $"/api/projects/{project}/apps", body);
        var problem = await answer.NamesField(field);
        Assert.All(problem.Errors.Values.SelectMany(s => s), sentence => Assert.Contains(' ', sentence));
    }

    [Theory]
    [InlineData("""{"image":"team/UPPER"}""", "image")]
    [InlineData("""{"port":0}""", "port")]
    [InlineData("""{"port":"80"}""", "port")]
    [InlineData("""{"replicas":-1}""", "replicas")]
    [InlineData("""{"name":"other"}""", "name")]
    [InlineData("""{"port":null,"healthPath":"/x"}""", "healthPath")]
    [InlineData("""{"environment":{"9":"x"}}""", "environment")]
    [InlineData("""{"reason":"line\nbreak"}""", "reason")]
    public async Task A_change_that_cannot_be_is_a_400_that_names_the_field_and_changes_nothing(string body, string field)
    {
        var (owner, project, app) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Patch, $"/api/projects/{project}/apps/{app}", body);
        await answer.NamesField(field);
        Assert.Equal(1, (await owner.Client.App(project, app)).Release);
    }

    [Fact]
    public async Task A_value_of_more_than_32_KiB_is_refused_and_one_of_32_KiB_is_not()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        // Two bytes each in UTF-8: bytes count, not characters.
        var most = new string('ü', AppRules.MaxValueBytes / 2);
        var app = Small("shop") with { Stopped = true, Environment = new Dictionary<string, string> { ["BIG"] = most + "x" } };
        using var answer = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/apps", app);
        await answer.NamesField("environment.BIG");
        await user.Client.CreateApp(project, app with { Environment = new Dictionary<string, string> { ["BIG"] = most } });
    }

    [Fact]
    public async Task Every_change_is_a_release_and_a_rollback_is_a_new_one()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        var environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" };
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true, Environment = environment });

        var second = await user.Client.PatchApp(project, "shop", new()
        {
            Image = TestEnvironment.Sample("sample-http:2"),
            Environment = new Dictionary<string, string?> { ["A"] = null, ["C"] = "3" },
            Reason = "Newer is better",
        });
        Assert.Equal((2, TestEnvironment.Sample("sample-http:2")), (second.Release, second.Spec.Image));
        Assert.Equal(["B", "C"], second.Spec.Environment);

        var same = await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2") });
        Assert.Equal(2, same.Release);

        var back = await user.Client.Rollback(project, "shop", 1);
        Assert.Equal((3, TestEnvironment.Sample("sample-http:1")), (back.Release, back.Spec.Image));
        Assert.Equal(["A", "B"], back.Spec.Environment);

        var releases = await user.Client.Releases(project, "shop");
        Assert.Equal([3, 2, 1], releases.Items.Select(r => r.Number));
        Assert.Equal("Newer is better", releases.Items[1].Reason);
        Assert.All(releases.Items, release => Assert.Equal(user.Email, release.Author));
        Assert.Equal([1, 2, 3], (await user.Client.Releases(project, "shop", new() { Sort = "number" })).Items.Select(r => r.Number));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("latest")]
    [InlineData("99999999999999999999")]
    [InlineData("%01")]
    public async Task A_rollback_to_a_release_that_is_not_there_is_a_404(string number)
    {
        var (owner, project, app) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Post, $"/api/projects/{project}/apps/{app}/releases/{number}/rollback");
        await answer.IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Port_and_health_path_are_removed_by_null_and_kept_when_left_out()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true, HealthPath = "/healthz" });
        var path = $"/api/projects/{project}/apps/shop";
        using (await user.Send(HttpMethod.Patch, path, """{"replicas":2}"""))
        {
            var kept = await user.Client.App(project, "shop");
            Assert.Equal((8080, "/healthz", 2), (kept.Spec.Port, kept.Spec.HealthPath, kept.Spec.Replicas));
        }

        using (await user.Send(HttpMethod.Patch, path, """{"port":null}"""))
        {
            var worker = await user.Client.App(project, "shop");
            Assert.Equal((null, null, null), (worker.Spec.Port, worker.Spec.HealthPath, worker.InternalAddress));
        }
    }

    [Fact]
    public async Task Changes_made_at_the_same_time_all_happen_one_after_the_other()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            user.Client.PatchApp(project, "shop", new() { Environment = new Dictionary<string, string?> { [$"V{i}"] = "x" } })));
        var app = await user.Client.App(project, "shop");
        Assert.Equal(11, app.Release);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"V{i}"), app.Spec.Environment);
    }

    [Fact]
    public async Task Apps_are_paged_sorted_and_searched()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        foreach (var name in (string[])["cherry", "apple", "banana"])
        {
            await user.Client.CreateApp(project, Small(name) with { Stopped = true });
        }

        Assert.Equal(["apple", "banana", "cherry"], (await user.Client.Apps(project)).Items.Select(a => a.Name));
        Assert.Equal(["cherry", "banana", "apple"], (await user.Client.Apps(project, new() { Sort = "-name" })).Items.Select(a => a.Name));
        Assert.Equal(["banana", "apple", "cherry"], (await user.Client.Apps(project, new() { Sort = "-createdAt" })).Items.Select(a => a.Name));
        var second = await user.Client.Apps(project, new() { Offset = 1, Limit = 1 });
        Assert.Equal(("banana", 3), (Assert.Single(second.Items).Name, second.Total));
        var found = await user.Client.Apps(project, new() { Search = "AN" });
        Assert.Equal(("banana", 1), (Assert.Single(found.Items).Name, found.Total));
        Assert.Equal(3, (await user.Client.Project(project)).AppCount);
    }

    [Theory]
    [InlineData("tail=-1", "tail")]
    [InlineData("tail=10001", "tail")]
    [InlineData("tail=all", "tail")]
    [InlineData("follow=maybe", "follow")]
    [InlineData("previous=2", "previous")]
    public async Task A_log_that_cannot_be_is_a_400_that_names_the_parameter(string query, string parameter)
    {
        var (owner, project, app) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Get, $"/api/projects/{project}/apps/{app}/logs?{query}");
        await answer.NamesField(parameter);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("..%2F..%2Fsecrets")]
    [InlineData("%00")]
    public async Task The_log_of_a_pod_that_the_app_does_not_have_is_a_404(string pod)
    {
        var (owner, project, app) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Get, $"/api/projects/{project}/apps/{app}/logs?pod={pod}");
        await answer.IsProblem(HttpStatusCode.NotFound);
    }
}
