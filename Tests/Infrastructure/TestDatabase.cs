using Npgsql;

namespace Slipway.Tests.Infrastructure;

/// <summary>A new, empty database, dropped afterwards.</summary>
sealed class TestDatabase : IAsyncDisposable
{
    private readonly string name;

    private TestDatabase(string name)
    {
        this.name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(TestEnvironment.Postgres) { Database = name, MaxPoolSize = 40 }.ConnectionString;
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxPoolSize = 4, Pooling = true });
    }

    public string ConnectionString { get; }

    /// <summary>For a look at what is stored.</summary>
    public NpgsqlDataSource Source { get; }

    public static async Task<TestDatabase> Create()
    {
        var database = new TestDatabase(Names.Database());
        await Administer($"CREATE DATABASE {database.name}");
        return database;
    }

    /// <summary>The one value that a query answers.</summary>
    public async Task<T> Scalar<T>(string sql, params object[] parameters)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Administer($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static async Task Administer(string sql)
    {
        await using var server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(TestEnvironment.Postgres) { Pooling = false });
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
