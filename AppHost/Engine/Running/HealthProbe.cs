using Npgsql;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Asks a resource whether it is well. Null means yes, a text says what is wrong.</summary>
abstract class HealthProbe
{
    public static readonly TimeSpan StartingInterval = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan CalmInterval = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WorriedInterval = TimeSpan.FromSeconds(1);

    /// <summary>One failure may be a hiccup.</summary>
    public const int FailuresToBelieve = 2;

    public abstract Task<string?> CheckAsync(CancellationToken cancel);
}

/// <summary>Healthy when a GET answers with the expected status.</summary>
sealed class HttpHealthProbe(Uri address, int expectedStatus) : HealthProbe
{
    static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public override async Task<string?> CheckAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancel);
            return (int)answer.StatusCode == expectedStatus ? null : $"{address} answers {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{address} does not answer within {Client.Timeout.TotalSeconds:0} s";
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError is HttpRequestError.ConnectionError ? $"nothing listens on {address} yet" : $"{address}: {e.Message}";
        }
    }
}

/// <summary>Healthy when a query is answered.</summary>
sealed class PostgresHealthProbe(Func<string> connectionString) : HealthProbe
{
    public override async Task<string?> CheckAsync(CancellationToken cancel)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString()) { Pooling = false, Timeout = 3, CommandTimeout = 3 };
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancel);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(cancel);
            return null;
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }
}
