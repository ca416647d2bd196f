using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

public sealed class RecorderTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task What_happens_while_the_database_is_away_is_written_when_it_is_back()
    {
        var (database, api, user, project) = await Own();
        await user.Client.CreateApp(project, Small("shop"));
        var running = await AppIs(user.Client, project, "shop", AppState.Running);
        var pod = (await user.Client.Pods(project, "shop")).Items[0].Name;
        await Wait.For("the start to be told", cancel => user.Client.Events(project, "shop", null, cancel), e => e.Items.Any(i => i.Kind is TimelineKind.Ready));

        await Lock(database, true);
        try
        {
            await TestProcess.Crash(Cluster, running);
            // Noticed by the recorder too, before the evidence is gone.
            await Wait.Until("the recorder to notice", _ => Task.FromResult(api.Log.Contains("The timeline could not be written")));
            await TestCluster.Kubectl("delete", "pod", pod, "-n", project, "--grace-period=1");
        }
        finally
        {
            await Lock(database, false);
        }

        var events = await Wait.For("the crash to be told", cancel => user.Client.Events(project, "shop", new() { Limit = 500 }, cancel),
            e => e.Items.Any(i => i.Kind is TimelineKind.Crashed));
        Assert.Contains(events.Items, i => i.Kind is TimelineKind.Crashed && i.Message.StartsWith($"{pod} ended with exit code 3"));
    }

    [Fact]
    public async Task Two_processes_tell_everything_once_and_hear_of_each_others_changes()
    {
        var (database, _, user, project) = await Own();
        var second = Own(await ApiProcess.Start(database));
        using var there = user.At(second);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        await using var changes = there.Client.Changes(project, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await changes.MoveNextAsync());
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        // Nothing of this is in the cluster's pods: it can only come from the database.
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal("shop", changes.Current!.Name);

        await user.Client.CreateApp(project, Small("crash", "sample-crash:1", port: null));
        await AppIs(user.Client, project, "crash", AppState.Failed);
        await AppIs(there.Client, project, "crash", AppState.Failed);
        var events = await Wait.For("two crashes", cancel => there.Client.Events(project, "crash", new() { Sort = "at", Limit = 500 }, cancel),
            e => e.Items.Count(i => i.Kind is TimelineKind.Crashed) > 1);
        Assert.All(events.Items.Where(e => e.Kind is not TimelineKind.Crashed).CountBy(e => e.Kind), kind => Assert.Equal((kind.Key, 1), (kind.Key, kind.Value)));
        Assert.Equal(events.Items.Count, events.Items.Select(e => (e.Kind, e.Message, e.At)).Distinct().Count());
    }

    // As far as anybody can tell, a database that lets nobody in is a database that is down.
    private static async Task Lock(TestDatabase database, bool locked)
    {
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(TestEnvironment.Postgres) { Pooling = false });
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await using var command = server.CreateCommand($"ALTER DATABASE {name} ALLOW_CONNECTIONS {(locked ? "false" : "true")}");
        await command.ExecuteNonQueryAsync();
        if (locked)
        {
            await using var cut = server.CreateCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1");
            cut.Parameters.Add(new() { Value = name });
            await cut.ExecuteNonQueryAsync();
        }
    }

    private async Task<(TestDatabase Database, ApiProcess Api, TestUser User, string Project)> Own()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        var user = await TestUser.Register(api);
        return (database, api, user, await user.NewProject("recorder"));
    }
}
