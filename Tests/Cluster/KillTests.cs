using System.Net;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

[Collection(ChaosCollection.Name)]
public sealed class KillTests(Platform platform) : PlatformTest(platform)
{
    private const int Count = 50;

    // A process that is killed again and again has to start again and again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Fifty_deployments_arrive_once_each_while_the_API_is_killed_at_random_points()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("kill");
        var random = new Random(Names.Next() * 7919);
        var (kills, accepted) = (0, 0);

        using (var ended = new CancellationTokenSource())
        {
            var killer = Task.Run(async () =>
            {
                while (!ended.IsCancellationRequested || kills < 10)
                {
                    // After none to ten more changes, however long they take, and somewhere in the work on them.
                    var enough = Volatile.Read(ref accepted) + random.Next(0, 11);
                    await Wait.Until("some more changes", _ => Task.FromResult(ended.IsCancellationRequested || Volatile.Read(ref accepted) >= enough), Patience + Patience);
                    await Task.Delay(random.Next(0, 400), CancellationToken.None);
                    await api.KillHard();
                    kills++;
                    await api.Restart();
                    await api.Ready();
                }
            });
            try
            {
                for (var i = 0; i < Count; i++)
                {
                    await Insist(() => user.Client.CreateApp(project, App(i)));
                    Interlocked.Increment(ref accepted);
                    if (IsChanged(i))
                    {
                        await Insist(() => user.Client.PatchApp(project, Name(i), new() { Image = TestEnvironment.Sample("sample-http:2") }));
                        Interlocked.Increment(ref accepted);
                    }
                }
            }
            finally
            {
                await ended.CancelAsync();
                await killer;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills");
        await Wait.UntilNothingIsMissing($"all {Count} apps to be as asked after {kills} kills", async cancel =>
        {
            var apps = (await user.Client.Apps(project, new() { Limit = 100 }, cancel)).Items;
            var wrong = Enumerable.Range(0, Count).Select(i => Difference(i, apps.SingleOrDefault(a => a.Name == Name(i)))).OfType<string>().ToList();
            return apps.Count == Count && wrong.Count == 0 ? null : $"{apps.Count} apps, {string.Join("; ", wrong.Take(5))}";
        }, TimeSpan.FromMinutes(4));
        await Wait.UntilNothingIsMissing("exactly one object of each kind for each app", _ => Surplus(project), TimeSpan.FromSeconds(60));

        await NothingIsLeftOver(database, api, user, project);
    }

    private async Task NothingIsLeftOver(TestDatabase database, ApiProcess api, TestUser user, string project)
    {
        for (var i = 0; i < Count; i++)
        {
            await Insist(() => user.Client.DeleteApp(project, Name(i)));
            if (i % 17 == 16)
            {
                await api.KillHard();
                await api.Restart();
                await api.Ready();
            }
        }

        await Wait.For("no app to be left", async cancel => (await user.Client.Apps(project, new() { Limit = 1 }, cancel)).Total, total => total == 0, TimeSpan.FromMinutes(3));
        Assert.Empty(await Cluster.Deployments(project));
        Assert.Empty(await Cluster.Services(project));
        Assert.Empty(await Cluster.Secrets(project));
        await Wait.For("no pod to be left", _ => Cluster.Pods(project), pods => pods.Count == 0, describe: pods => $"{pods.Count} pods");
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM releases"));
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM owned_objects o WHERE NOT EXISTS (SELECT FROM projects p WHERE p.id = o.owner_id)"));
        await Wait.For("no work to be left", async _ => await database.Scalar<long>("SELECT count(*) FROM work_items WHERE target = 'App'"), left => left == 0);
    }

    // Some with a port and some without, some with an environment, some stopped: each with its own number of objects.
    private static CreateApp App(int i) => Small(Name(i), port: i % 5 == 4 ? null : 8080) with
    {
        Environment = new Dictionary<string, string> { ["NUMBER"] = $"{i}" },
        Stopped = IsStopped(i),
    };

    private static string Name(int i) => $"app-{i:00}";

    private static bool IsStopped(int i) => i % 10 == 9;

    private static bool IsChanged(int i) => i % 3 == 0;

    private static string? Difference(int i, AppView? app) => app switch
    {
        null => $"{Name(i)} is missing",
        _ when app.Spec.Image != TestEnvironment.Sample(IsChanged(i) ? "sample-http:2" : "sample-http:1") => $"{Name(i)} asks for {app.Spec.Image}",
        _ when app.Status.State != (IsStopped(i) ? AppState.Stopped : AppState.Running) => $"{Name(i)} is {app.Status.State} ({app.Status.Reason} {app.Status.Detail})",
        _ when app.Status.Ready != (IsStopped(i) ? 0 : 1) => $"{Name(i)} has {app.Status.Ready} ready",
        _ => null,
    };

    private async Task<string?> Surplus(string project)
    {
        var deployments = await Cluster.Deployments(project);
        var services = await Cluster.Services(project);
        var secrets = await Cluster.Secrets(project);
        var wrong = new List<string>();
        for (var i = 0; i < Count; i++)
        {
            var deployment = deployments.Where(d => Is(d.Metadata, i)).ToList();
            var (ports, environments) = (services.Count(s => Is(s.Metadata, i)), secrets.Count(s => Is(s.Metadata, i)));
            if (deployment.Count != 1 || ports != (App(i).Port is null ? 0 : 1) || environments != 1)
            {
                wrong.Add($"{Name(i)} has {deployment.Count} Deployments, {ports} Services, {environments} Secrets");
            }
            else if (deployment[0].Spec.Template.Spec.Containers[0].Image != TestEnvironment.Sample(IsChanged(i) ? "sample-http:2" : "sample-http:1")
                || deployment[0].Spec.Replicas != (IsStopped(i) ? 0 : 1))
            {
                wrong.Add($"{Name(i)}'s Deployment is another one");
            }
        }

        return (wrong.Count, deployments.Count) is (0, Count) ? null : $"{deployments.Count} Deployments; {string.Join("; ", wrong.Take(5))}";

        static bool Is(V1ObjectMeta metadata, int i) => metadata.Labels[TestCluster.AppName] == Name(i);
    }

    // As a client does that wants something: again until there is an answer. An answer that was lost shows as "taken already".
    private static Task Insist(Func<Task> change) => Wait.Until("the API to take a change", async _ =>
    {
        try
        {
            await change();
            return true;
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Conflict)
        {
            return true;
        }
    }, Patience);
}
