using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Slipway.AppHost.Hosting;

/// <summary>PostgreSQL of Debian's packages as a process of this machine, with data in the state folder.</summary>
sealed class PostgresProcess(string name, string workingDirectory, int port, ParameterResource password, string database)
    : ExecutableResource(name, "bash", workingDirectory), IResourceWithConnectionString
{
    /// <summary>The database that is there once the resource is ready.</summary>
    public string Database => database;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host=127.0.0.1;Port={port.ToString(System.Globalization.CultureInfo.InvariantCulture)};Username=postgres;Password={password};Database={database}");
}

/// <summary>How PostgreSQL gets into the model.</summary>
static class PostgresProcessExtensions
{
    /// <summary>Adds the server and a database, which is made when the server answers for the first time.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresProcess(
        this IDistributedApplicationBuilder builder, string name, LocalMachine machine, IResourceBuilder<ParameterResource> password, string database)
    {
        var port = machine.Port("Postgres", 15432)!.Value;
        var (data, passwordFile) = (machine.Folder("postgres"), machine.SecretFile(password.Resource.Name));
        string? server = null;
        var health = $"{name}-answers";
        builder.Services.AddHealthChecks().AddNpgSql(_ => server ?? throw new InvalidOperationException("PostgreSQL has not been started yet."), name: health);
        return builder.AddResource(new PostgresProcess(name, builder.AppHostDirectory, port, password.Resource, database))
            .WithArgs("../deploy/local/postgres.sh", "serve", "--data", data, "--port", $"{port}", "--password-file", passwordFile, "--follow-parent")
            .WithEndpoint(port: port, name: "tcp", isProxied: false)
            .WithIconName("Database")
            .WithCommand("psql", "Show how to open psql", _ => Task.FromResult(CommandResults.Success(
                $"PGPASSWORD=$(cat {passwordFile}) psql -h 127.0.0.1 -p {port} -U postgres {database}")), new() { IconName = "Code" })
            .WithHealthCheck(health)
            .OnConnectionStringAvailable(async (resource, _, cancel) =>
                server = new NpgsqlConnectionStringBuilder(await resource.ConnectionStringExpression.GetValueAsync(cancel)) { Database = "postgres" }.ConnectionString)
            .OnResourceReady((resource, _, cancel) => CreateDatabase(server!, resource.Database, cancel));
    }

    private static async Task CreateDatabase(string server, string database, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(server);
        await using var find = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
        find.Parameters.Add(new() { Value = database });
        if (await find.ExecuteScalarAsync(cancel) is null)
        {
            await using var create = source.CreateCommand($"CREATE DATABASE \"{database}\"");
            await create.ExecuteNonQueryAsync(cancel);
        }
    }
}
