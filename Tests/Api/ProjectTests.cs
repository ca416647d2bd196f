using System.Net;
using k8s;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

public sealed class ProjectTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_new_project_is_a_201_with_its_location_and_has_a_namespace_of_its_name()
    {
        using var user = await Platform.NewUser();
        var name = Names.Project();
        using var answer = await user.SendJson(HttpMethod.Post, "/api/projects", new CreateProject(name));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.EndsWith($"/api/projects/{name}", answer.Headers.Location!.ToString());

        var project = await user.Client.Project(name);
        Assert.Equal((name, Role.Creator, 0), (project.Name, project.Role, project.AppCount));
        var made = await Cluster.Namespace(name);
        Assert.Equal("slipway", made!.Metadata.Labels[TestCluster.ManagedBy]);
    }

    [Fact]
    public async Task A_name_that_a_project_has_is_a_409_for_its_creator_and_for_everybody_else()
    {
        using var user = await Platform.NewUser();
        using var other = await Platform.NewUser();
        var name = await user.NewProject();
        foreach (var person in (TestUser[])[user, other])
        {
            using var answer = await person.SendJson(HttpMethod.Post, "/api/projects", new CreateProject(name));
            var problem = await answer.IsProblem(HttpStatusCode.Conflict);
            Assert.Contains(name, problem.Title);
        }
    }

    [Fact]
    public async Task A_name_that_any_namespace_has_is_a_409_and_the_namespace_stays_as_it_was()
    {
        using var user = await Platform.NewUser();
        var name = Names.Project("foreign");
        await Cluster.NewForeignNamespace(name);
        var before = await Cluster.Namespace(name);

        await user.Client.CreateProject(new(name)).IsRefused(HttpStatusCode.Conflict);
        var after = await Cluster.Namespace(name);
        Assert.Equal(before!.Metadata.ResourceVersion, after!.Metadata.ResourceVersion);
        await user.Client.Project(name).IsRefused(HttpStatusCode.NotFound);
        Assert.Equal(0, (await user.Client.Projects()).Total);
        Assert.Equal(0, await (await Platform.Database()).Scalar<long>("SELECT count(*) FROM projects WHERE name = $1", name));
    }

    [Fact]
    public async Task Of_many_people_who_take_a_name_at_the_same_time_one_gets_it()
    {
        using var user = await Platform.NewUser();
        var name = Names.Project();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => user.SendJson(HttpMethod.Post, "/api/projects", new CreateProject(name))));
        Assert.Equal(1, answers.Count(a => a.StatusCode is HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(a => a.StatusCode is HttpStatusCode.Conflict));
        await user.Client.Project(name);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    [InlineData("kube-anything")]
    [InlineData("slipway")]
    [InlineData("")]
    [InlineData("-leading")]
    [InlineData("trailing-")]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("with.dot")]
    [InlineData("with space")]
    [InlineData("ünïcode")]
    [InlineData("new\nline")]
    [InlineData("nul\0")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_reserved_or_malformed_name_is_a_400_that_says_so(string name)
    {
        using var user = await Platform.NewUser();
        using var answer = await user.SendJson(HttpMethod.Post, "/api/projects", new CreateProject(name));
        var problem = await answer.NamesField("name");
        Assert.True(problem.Title.Length > 10, problem.Title);
    }

    public static TheoryData<string> RoutesOfProjects => [.. Routes.InProject.Select(r => r.ToString())];

    [Theory]
    [MemberData(nameof(RoutesOfProjects))]
    public async Task An_unknown_project_is_a_404_on_every_path(string route)
    {
        var found = Routes.All.Single(r => r.ToString() == route);
        using var user = await Platform.NewUser();
        foreach (var name in (string[])["no-such-project", "default", "Not%20A%20Name", "%01", "%F0%9F%9A%A2", new string('x', 300)])
        {
            using var answer = await Send(user, found, name, "shop");
            await answer.IsProblem(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [MemberData(nameof(RoutesOfProjects))]
    public async Task A_stranger_gets_the_404_of_a_project_that_does_not_exist(string route)
    {
        var found = Routes.All.Single(r => r.ToString() == route);
        using var stranger = await Platform.NewUser();
        var (_, project, app) = await Platform.Shared();
        using var there = await Send(stranger, found, project, app);
        var answer = await there.IsProblem(HttpStatusCode.NotFound);
        using var nowhere = await Send(stranger, found, "no-such-project", app);
        var unknown = await nowhere.IsProblem(HttpStatusCode.NotFound);
        Assert.Equal(unknown.Title.Replace("no-such-project", project, StringComparison.Ordinal), answer.Title);
    }

    [Fact]
    public async Task A_stranger_does_not_see_the_project_in_the_list()
    {
        using var user = await Platform.NewUser();
        using var stranger = await Platform.NewUser();
        await user.NewProject();
        Assert.Equal(1, (await user.Client.Projects()).Total);
        Assert.Equal(0, (await stranger.Client.Projects()).Total);
    }

    [Fact]
    public async Task Deleting_a_project_that_still_has_apps_is_refused_with_their_names()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await user.Client.CreateApp(project, Small("basket") with { Stopped = true });
        using var answer = await user.Send(HttpMethod.Delete, $"/api/projects/{project}");
        var problem = await answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.Contains("shop", $"{problem.Title} {problem.Detail}");
        Assert.Contains("basket", $"{problem.Title} {problem.Detail}");
        await user.Client.Project(project);
    }

    [Fact]
    public async Task Deleting_a_project_takes_its_namespace_away_and_frees_its_name()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        using var answer = await user.Send(HttpMethod.Delete, $"/api/projects/{project}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await user.Client.Project(project).IsRefused(HttpStatusCode.NotFound);
        await user.Client.DeleteProject(project).IsRefused(HttpStatusCode.NotFound);
        await Cluster.NamespaceGone(project);
        await Wait.Until($"the name {project} to be free again", async cancel =>
        {
            try
            {
                await user.Client.CreateProject(new(project), cancel);
                return true;
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Conflict)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_project_s_namespace_keeps_others_out_and_mounts_no_token()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        var client = Cluster.Client;
        await Wait.UntilNothingIsMissing($"the objects of project {project}", async cancel =>
            (await client.CoreV1.ListNamespacedResourceQuotaAsync(project, cancellationToken: cancel)).Items.Count == 0 ? "no ResourceQuota"
            : (await client.CoreV1.ListNamespacedLimitRangeAsync(project, cancellationToken: cancel)).Items.Count == 0 ? "no LimitRange"
            : (await client.NetworkingV1.ListNamespacedNetworkPolicyAsync(project, cancellationToken: cancel)).Items.Count == 0 ? "no NetworkPolicy"
            : (await client.CoreV1.ListNamespacedServiceAccountAsync(project, labelSelector: $"{TestCluster.ManagedBy}=slipway", cancellationToken: cancel))
                .Items.All(a => a.AutomountServiceAccountToken is false) ? null : "a ServiceAccount mounts its token");
    }

    [Fact]
    public async Task Projects_are_paged_sorted_and_searched()
    {
        using var user = await Platform.NewUser();
        var names = new List<string>();
        foreach (var about in (string[])["carrot", "apple", "banana"])
        {
            names.Add(await user.NewProject(about));
        }

        names.Sort(StringComparer.Ordinal);
        Assert.Equal(names, (await user.Client.Projects()).Items.Select(p => p.Name));
        Assert.Equal(Enumerable.Reverse(names), (await user.Client.Projects(new() { Sort = "-name" })).Items.Select(p => p.Name));
        var second = await user.Client.Projects(new() { Offset = 1, Limit = 1 });
        Assert.Equal((names[1], 3), (Assert.Single(second.Items).Name, second.Total));
        Assert.Contains("banana", Assert.Single((await user.Client.Projects(new() { Search = "BANANA" })).Items).Name);
        Assert.Contains("carrot", (await user.Client.Projects(new() { Sort = "createdAt" })).Items[0].Name);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("offset=1.5", "offset")]
    [InlineData("sort=secret", "sort")]
    [InlineData("sort=", "sort")]
    [InlineData("search=%00", "search")]
    public async Task A_page_that_cannot_be_is_a_400_that_names_the_parameter(string query, string parameter)
    {
        var (user, project, app) = await Platform.Shared();
        foreach (var list in (string[])["/api/projects", $"/api/projects/{project}/apps", $"/api/projects/{project}/apps/{app}/releases",
            $"/api/projects/{project}/apps/{app}/pods", $"/api/projects/{project}/apps/{app}/events"])
        {
            using var answer = await user.Send(HttpMethod.Get, $"{list}?{query}");
            await answer.NamesField(parameter);
        }
    }

    private static Task<HttpResponseMessage> Send(TestUser user, Route route, string project, string app) =>
        route.Body is null ? user.Send(new(route.Method), route.At(project, app)) : user.Send(new(route.Method), route.At(project, app), route.Body);
}
