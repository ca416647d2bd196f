using System.Diagnostics;
using System.Net;
using k8s;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

[Collection(ChaosCollection.Name)]
public sealed class UnreachableTests(Platform platform) : PlatformTest(platform)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("refuses connections")]
    [InlineData("loses every packet")]
    public async Task Every_change_that_is_accepted_while_the_cluster_is_away_arrives_afterwards(string how)
    {
        var proxy = Own(new ClusterProxy());
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, proxy.KubeConfig));
        using var user = await TestUser.Register(api);
        var client = user.Client;
        var project = await user.NewProject("away");
        foreach (var name in (string[])["changed", "stopped", "deleted"])
        {
            await client.CreateApp(project, Small(name));
            await AppIs(client, project, name, AppState.Running);
        }

        var clock = Stopwatch.StartNew();
        (how == "refuses connections" ? (Action)proxy.Refuse : proxy.Hang)();
        for (var i = 0; i < 5; i++)
        {
            await client.CreateApp(project, Small($"new-{i}"));
        }

        await client.PatchApp(project, "changed", new() { Image = TestEnvironment.Sample("sample-http:2") });
        await client.StopApp(project, "stopped");
        await client.DeleteApp(project, "deleted");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), "Changes wait for a cluster that is away.");

        var refused = Names.Project("refused");
        await NoProjectIsMade(user, database, refused);
        var seen = await Wait.For("the status to say that the cluster is away", cancel => client.App(project, "new-0", cancel),
            app => app.Status.Reason is not null, Outage + Outage);
        Assert.Contains("luster", seen.Status.Reason);
        await Wait.Until("half a minute to pass", _ => Task.FromResult(clock.Elapsed >= Outage), Outage + Outage);
        Assert.Equal(8, (await client.Apps(project)).Total);

        proxy.Mend();
        foreach (var name in (string[])["new-0", "new-1", "new-2", "new-3", "new-4", "changed"])
        {
            await AppIs(client, project, name, AppState.Running);
        }

        await AppIs(client, project, "stopped", AppState.Stopped);
        await AppIsGone(client, project, "deleted");
        Assert.Equal(TestEnvironment.Sample("sample-http:2"), (await Cluster.Deployment(project, "changed"))!.Spec.Template.Spec.Containers[0].Image);
        Assert.Equal(0, (await Cluster.Deployment(project, "stopped"))!.Spec.Replicas);
        Assert.Null(await Cluster.Deployment(project, "deleted"));

        // A creation that got lost on its way may have made a namespace: it goes, too, and the name is free.
        await Wait.For($"nothing to be left of {refused}", async _ => await database.Scalar<long>("SELECT count(*) FROM projects WHERE name = $1", refused), rows => rows == 0);
        await Cluster.NamespaceGone(refused);
        await Wait.Until($"the name {refused} to be free", async cancel =>
        {
            await client.CreateProject(new(refused), cancel);
            return true;
        });
    }

    [Fact]
    public async Task A_sign_in_to_a_registry_reaches_the_cluster_though_the_process_that_took_it_was_killed_before()
    {
        var registry = Own(await PrivateRegistry.Start("sample-http:1"));
        var proxy = Own(new ClusterProxy());
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, proxy.KubeConfig));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("away");
        await user.Client.CreateApp(project, Small("shop") with { Image = registry.Image("sample-http:1") });
        Assert.Equal("Not allowed to fetch the image", (await AppIs(user.Client, project, "shop", AppState.Failed)).Status.Reason);

        proxy.Refuse();
        await user.Client.PutRegistry(project, registry.Host, new() { Username = PrivateRegistry.Username, Password = PrivateRegistry.Password });
        await api.KillHard();
        proxy.Mend();
        await api.Restart();
        await AppIs(user.Client, project, "shop", AppState.Running, release: 1);
    }

    [Fact]
    public async Task A_process_that_starts_while_the_cluster_is_away_serves_what_the_database_knows_and_takes_up_its_work_later()
    {
        var proxy = Own(new ClusterProxy());
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, proxy.KubeConfig));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("away");
        await api.KillHard();
        proxy.Refuse();
        await api.Restart();

        await Wait.Until("the API to serve without its cluster", async cancel => (await user.Client.Projects(cancel: cancel)).Total == 1);
        await user.Client.CreateApp(project, Small("shop"));
        proxy.Mend();
        await AppIs(user.Client, project, "shop", AppState.Running);
    }

    [Fact]
    public async Task Watches_that_are_cut_again_and_again_miss_nothing()
    {
        var proxy = Own(new ClusterProxy());
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, proxy.KubeConfig));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("cut");
        for (var i = 0; i < 8; i++)
        {
            var name = $"app-{i}";
            await Wait.Until("the API to take the app", async cancel =>
            {
                await user.Client.CreateApp(project, Small(name), cancel);
                return true;
            });
            proxy.Cut();
            await AppIs(user.Client, project, name, AppState.Running);
            proxy.Cut();
            await Cluster.Client.AppsV1.DeleteNamespacedDeploymentAsync(name, project);
            await Wait.For("the Deployment to be put back", _ => Cluster.Deployment(project, name), found => found is { Metadata.DeletionTimestamp: null });
        }
    }

    private async Task NoProjectIsMade(TestUser user, TestDatabase database, string name)
    {
        using var answer = await user.SendJson(HttpMethod.Post, "/api/projects", new CreateProject(name));
        await answer.IsProblem(HttpStatusCode.ServiceUnavailable);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, "There is no Retry-After.");
        await user.Client.Project(name).IsRefused(HttpStatusCode.NotFound);
        Assert.DoesNotContain((await user.Client.Projects()).Items, p => p.Name == name);
        Assert.Null(await Cluster.Namespace(name));
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM projects WHERE name = $1 AND namespace_uid IS NOT NULL", name));
    }
}
