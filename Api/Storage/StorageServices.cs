using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Mail;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Storage;

/// <summary>PostgreSQL through EF Core, and the migrations at start.</summary>
static class StorageServices
{
    // Any fixed number: it only has to be the same in every replica.
    private const long MigrationLock = 0x5_11_B_A_1;

    // More than there are different statements.
    private const int MaxPrepared = 200;

    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.AddDatabase();
        builder.Services.AddPooledDbContextFactory<SlipwayDb>((services, options) => options
            .UseNpgsql(services.GetRequiredService<NpgsqlDataSource>())
            .UseSnakeCaseNamingConvention()
            .AddInterceptors(services.GetRequiredService<WakeAfterCommit>()));
        builder.Services.AddSingleton<OwnConnections>();
        builder.Services.AddSingleton<EnvironmentBox>();
        builder.Services.AddOptions<EncryptionOptions>().BindConfiguration("Encryption").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<EncryptionOptions>>(new Sentence<EncryptionOptions>(EncryptionOptions.Explain));
    }

    private static void AddDatabase(this WebApplicationBuilder builder)
    {
        const string name = "slipway";
        if (string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(name)))
        {
            throw new InvalidOperationException($"The setting ConnectionStrings:{name} is missing: it says how to reach PostgreSQL.");
        }

        builder.AddNpgsqlDataSource(
            name,
            // Whoever records spans makes every query pay for them, also where nobody will ever see them.
            settings => settings.DisableTracing = string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]),
            source =>
            {
                // What is asked again and again is planned once (npgsql.org/doc/prepare.html, automatic preparation).
                var connection = source.ConnectionStringBuilder;
                connection.MaxAutoPrepare = connection.MaxAutoPrepare == 0 ? MaxPrepared : connection.MaxAutoPrepare;
                // Nothing is left behind on a session of the pool, so that nothing has to be reset before its next use; what holds a lock or
                // listens has to do so on a connection outside of it. Open transactions are rolled back in any case.
                connection.NoResetOnClose = true;
            });
    }

    /// <summary>
    /// Brings the schema up to date. Replicas that start at the same time take turns under an advisory lock (EF's own lock is on a table that
    /// an empty database does not have). A database that does not answer yet is waited for.
    /// </summary>
    public static async Task MigrateDatabase(this WebApplication app)
    {
        var connections = app.Services.GetRequiredService<OwnConnections>();
        var logger = app.Services.GetRequiredService<ILogger<SlipwayDb>>();
        var stopping = app.Lifetime.ApplicationStopping;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await connections.Open(stopping);
                await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = MigrationLock } }, CommandTimeout = 300 })
                {
                    await take.ExecuteNonQueryAsync(stopping);
                }

                await using var db = await app.Services.GetRequiredService<IDbContextFactory<SlipwayDb>>().CreateDbContextAsync(stopping);
                await db.Database.MigrateAsync(stopping);
                // The lock goes with the connection.
                return;
            }
            catch (NpgsqlException e) when (e is not PostgresException || e.IsTransient)
            {
                if (attempt == 1)
                {
                    logger.LogWarning("Waiting for PostgreSQL: {Message}", e.Message);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), stopping);
            }
        }
    }
}
