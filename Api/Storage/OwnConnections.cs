using Npgsql;

namespace Slipway.Api.Storage;

/// <summary>
/// Connections to the database outside the pool, for what a session holds: a session's lock, a LISTEN. Closing one ends its session and
/// all of that with it, while those of the pool go on as they are (see <c>NpgsqlExtensions</c>).
/// </summary>
public sealed class OwnConnections(IConfiguration configuration) : IAsyncDisposable
{
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("slipway")) { Pooling = false });

    /// <summary>A new session. Throws what Npgsql throws where the database does not answer.</summary>
    public ValueTask<NpgsqlConnection> Open(CancellationToken cancel) => source.OpenConnectionAsync(cancel);

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
