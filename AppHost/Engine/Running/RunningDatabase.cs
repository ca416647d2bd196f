using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Slipway.AppHost.Engine.Running;

/// <summary>A database: created on its server when it is not there. It is ready as long as its server is.</summary>
sealed class RunningDatabase(PostgresDatabaseResource database, RunningResource server, Func<string> serverConnectionString, TimeProvider time)
    : RunningResource(database, "database", time)
{
    public override bool CanBeControlled => false;

    protected override async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            Update(s => s with { State = ResourceState.Waiting, Health = ResourceHealth.None, StartedAt = null, Reason = $"waiting for {server.Name}" });
            await server.WaitUntilAsync(s => s.IsReady, stop);
            try
            {
                await CreateIfMissingAsync(stop);
                Update(s => s with { State = ResourceState.Running, StartedAt = Time.GetUtcNow(), Reason = null });
                await server.WaitUntilAsync(s => !s.IsReady, stop);
            }
            catch (NpgsqlException e)
            {
                Log.Add(e.Message, LogSource.Engine);
                Update(s => s with { State = ResourceState.Restarting, Reason = e.Message });
                await Task.Delay(HealthProbe.WorriedInterval, Time, stop);
            }
        }
    }

    async Task CreateIfMissingAsync(CancellationToken cancel)
    {
        var settings = new NpgsqlConnectionStringBuilder(serverConnectionString()) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var exists = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", connection)
        {
            Parameters = { new() { Value = database.DatabaseName } },
        };
        if (await exists.ExecuteScalarAsync(cancel) is true)
        {
            Log.Add($"database {database.DatabaseName} is there", LogSource.Engine);
            return;
        }

        // CREATE DATABASE takes no parameters.
        var quoted = '"' + database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        await using var create = new NpgsqlCommand($"CREATE DATABASE {quoted}", connection);
        await create.ExecuteNonQueryAsync(cancel);
        Log.Add($"database {database.DatabaseName} created", LogSource.Engine);
    }
}
