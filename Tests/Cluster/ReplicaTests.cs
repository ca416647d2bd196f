using System.Net;
using k8s;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

/// <summary>Several API processes on one database.</summary>
[Collection(ChaosCollection.Name)]
public sealed class ReplicaTests(Platform platform) : PlatformTest(platform)
{
    private const int Count = 24;

    [Fact]
    public async Task Two_processes_that_start_at_once_on_an_empty_database_both_come_up()
    {
        var database = Own(await TestDatabase.Create());
        var processes = Enumerable.Range(0, 2).Select(_ => Own(ApiProcess.Spawn(database))).ToList();
        await Task.WhenAll(processes.Select(p => p.Ready()));
        using var user = await TestUser.Register(processes[0]);
        using var there = user.At(processes[1]);
        Assert.Equal(user.Email, (await there.Client.Me()).Email);
        Assert.All(processes, process => Assert.DoesNotContain("Exception", process.Log));
    }

    [Fact]
    public async Task Two_processes_share_the_work_and_do_none_of_it_twice()
    {
        var database = Own(await TestDatabase.Create());
        var meters = new[] { Own(await ClusterMeter.Start()), Own(await ClusterMeter.Start()) };
        var first = Own(await ApiProcess.Start(database, meters[0].KubeConfig));
        var second = Own(await ApiProcess.Start(database, meters[1].KubeConfig));
        using var user = await TestUser.Register(first);
        using var there = user.At(second);
        var project = await user.NewProject("two");
        await Wait.For("the project's own objects", cancel => Cluster.Client.CoreV1.ListNamespacedServiceAccountAsync(project, labelSelector: $"{TestCluster.ManagedBy}=slipway", cancellationToken: cancel),
            accounts => accounts.Items.Count == 1, describe: _ => "no service account");
        // Until the cluster has counted once, its quota refuses what it will take a moment later.
        await Wait.For("the project's quota to be known", cancel => Cluster.Client.CoreV1.ListNamespacedResourceQuotaAsync(project, cancellationToken: cancel),
            quotas => quotas.Items.Count == 1 && quotas.Items[0].Status?.Used?.Count == quotas.Items[0].Spec.Hard.Count, describe: _ => "not counted yet");

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i =>
            (i % 2 == 0 ? user : there).Client.CreateApp(project, Small($"app-{i:00}") with
            {
                Stopped = true,
                Environment = new Dictionary<string, string> { ["A"] = "1" },
            })));
        await Wait.For("all apps to be applied and no work to be left", async _ =>
            (Applied: await database.Scalar<long>("SELECT count(*) FROM apps WHERE applied_generation >= generation"),
             Left: await database.Scalar<long>("SELECT count(*) FROM work_items WHERE target = 'App'")), now => now == (Count, 0), describe: now => now.ToString());

        var made = meters.Select(m => m.Calls.Where(c => c.Method == "POST" && c.Path.StartsWith($"/apis/apps/v1/namespaces/{project}/deployments", StringComparison.Ordinal)).ToList()).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"Deployments made: {made[0].Count} and {made[1].Count}");
        Assert.All(made, calls => Assert.NotEmpty(calls));
        Assert.All(made.SelectMany(calls => calls), call => Assert.Equal(((int)HttpStatusCode.Created, null), (call.Status, call.Refusal)));
        Assert.Equal(Count, made.Sum(calls => calls.Count));

        // Each object was written a bounded number of times, and by one of the two only.
        var writers = meters.SelectMany((meter, i) => meter.Calls.Where(c => c.Writes && c.Path.StartsWith($"/apis/apps/v1/namespaces/{project}/deployments/", StringComparison.Ordinal))
            .Select(c => (c.Path, Process: i))).ToLookup(c => c.Path, c => c.Process);
        Assert.All(writers, app => Assert.Single(app.Distinct()));
        Assert.Equal(Count, await database.Scalar<long>("SELECT count(*) FROM timeline WHERE kind = 'Applied'"));
    }

    [Fact]
    public async Task When_one_process_dies_the_other_takes_up_its_work()
    {
        var database = Own(await TestDatabase.Create());
        var first = Own(await ApiProcess.Start(database));
        var second = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(first);
        using var there = user.At(second);
        var project = await user.NewProject("heir");
        var names = Enumerable.Range(0, 10).Select(i => $"app-{i}").ToList();
        await Task.WhenAll(names.Select(name => user.Client.CreateApp(project, Small(name))));
        await first.KillHard();
        foreach (var name in names)
        {
            await AppIs(there.Client, project, name, AppState.Running, deadline: TimeSpan.FromSeconds(120));
        }
    }

    [Fact]
    public async Task What_is_changed_through_one_process_is_told_at_once_by_the_other()
    {
        var database = Own(await TestDatabase.Create());
        var first = Own(await ApiProcess.Start(database));
        var second = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(first);
        using var there = user.At(second);
        var project = await user.NewProject("told");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var changes = there.Client.Changes(project, patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await changes.MoveNextAsync());
        Assert.Null(changes.Current);

        await user.Client.CreateApp(project, Small("shop"));
        await Next(change => change is { Name: "shop", App.Status.State: AppState.Deploying });
        await Next(change => change is { Name: "shop", App: { Status.State: AppState.Running, Address: not null } });
        await user.Client.StopApp(project, "shop");
        await Next(change => change is { Name: "shop", App.Status.State: AppState.Stopped });
        await user.Client.DeleteApp(project, "shop");
        await Next(change => change is { Name: "shop", App.Status.State: AppState.Deleting });
        await Next(change => change is { Name: "shop", App: null });

        async Task Next(Predicate<AppChanged?> wanted)
        {
            while (await changes.MoveNextAsync())
            {
                if (wanted(changes.Current))
                {
                    return;
                }
            }

            Assert.Fail("The stream of changes ended.");
        }
    }

    [Fact]
    public async Task Lists_and_status_come_from_the_process_s_own_memory_and_ask_the_cluster_nothing()
    {
        var database = Own(await TestDatabase.Create());
        var meter = Own(await ClusterMeter.Start());
        var api = Own(await ApiProcess.Start(database, meter.KubeConfig));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("quiet");
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        await Wait.For("the work to be done", async _ => await database.Scalar<long>("SELECT count(*) FROM work_items"), left => left == 0);

        var before = meter.Calls.Count;
        for (var i = 0; i < 50; i++)
        {
            await user.Client.Projects();
            await user.Client.Project(project);
            await user.Client.Apps(project);
            await user.Client.App(project, "shop");
            await user.Client.Pods(project, "shop");
            await user.Client.Events(project, "shop");
            await user.Client.Releases(project, "shop");
        }

        // Watches that end and begin again in that time are not the requests' doing.
        var asked = meter.Calls.Skip(before).Where(c => !c.Watches).ToList();
        Assert.True(asked.Count == 0, string.Join("\n", asked));
    }
}
