using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

// In Aspire's namespace and with its shape, so that the same call compiles against Aspire.Npgsql (UseAspire=true).
namespace Microsoft.Extensions.Hosting;

/// <summary>The PostgreSQL client of a process.</summary>
public static class NpgsqlExtensions
{
    // More than there are different statements.
    private const int MaxPrepared = 200;

    /// <summary>
    /// Registers a pooled <see cref="NpgsqlDataSource"/> for the connection string <c>ConnectionStrings:<paramref name="connectionName"/></c>,
    /// with a health check; traces and metrics come from the sources named <c>Npgsql</c>. A missing connection string stops the start with a sentence.
    /// </summary>
    public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName)
    {
        var connectionString = builder.Configuration.GetConnectionString(connectionName);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new InvalidOperationException($"The setting ConnectionStrings:{connectionName} is missing: it says how to reach PostgreSQL.");
        }

        // What is asked again and again is planned once (npgsql.org/doc/prepare.html, automatic preparation).
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? MaxPrepared : settings.MaxAutoPrepare;
        // Nothing is left behind on a session of the pool, so that nothing has to be reset before its next use; what holds a lock or
        // listens has to do so on a connection outside of it. Open transactions are rolled back in any case.
        settings.NoResetOnClose = true;
        builder.Services.AddNpgsqlDataSource(settings.ConnectionString, source => source.ConfigureTracing(_ => { }));
        builder.Services.AddHealthChecks().AddCheck<NpgsqlHealthCheck>("postgresql", timeout: TimeSpan.FromSeconds(5));
    }

    private sealed class NpgsqlHealthCheck(NpgsqlDataSource source) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await using var command = source.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL does not answer.", e);
            }
        }
    }
}
