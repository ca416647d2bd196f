using Aspire.Hosting;
using Npgsql;
using Slipway.AppHost.Engine.Running;

namespace Slipway.Tests.AppHost;

/// <summary>The engine runs a real PostgreSQL.</summary>
public sealed class PostgresTests
{
    [Fact]
    public async Task A_database_is_there_before_those_who_wait_for_it_start_and_survives_a_restart_of_the_server()
    {
        await using var run = await TestRun.Start(b =>
        {
            var password = b.AddParameter("password", "it's+a/secret $1==", secret: true);
            var database = b.AddPostgres("postgres", password: password).AddDatabase("shop", "the Shop");
            b.AddExecutable("client", "bash", ".", "-c", "echo \"$ConnectionStrings__shop\"; while :; do sleep 1000 & wait; done")
                .WithReference(database).WaitFor(database);
        });
        var connectionString = await run.Says("client", line => line.Length > 0);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using (var create = source.CreateCommand("CREATE TABLE kept (it int)"))
        {
            await create.ExecuteNonQueryAsync();
        }

        Assert.DoesNotContain(run["client"].Environment, v => v.Shown.Contains("it's a", StringComparison.Ordinal));
        await run["postgres"].RestartAsync();
        await run.Until("shop", s => s.IsReady);
        await run.Until("postgres", s => s.IsReady);
        await using var look = source.CreateCommand("SELECT count(*) FROM kept");
        Assert.Equal(0L, await look.ExecuteScalarAsync());
        Assert.Equal(ResourceState.Running, run["client"].Snapshot.State);
    }
}
