using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>
/// Counts wrong passwords and codes by address, whether or not there is an account with it: an address is locked just the same, so that
/// being locked tells nobody that there is one. An attempt is counted before it is looked at, so that many at once are counted, too.
/// </summary>
public sealed class SignInAttempts(NpgsqlDataSource database, IOptions<AccountOptions> options)
{
    /// <summary>Counts an attempt. Null where it may go on; otherwise for how long the address is locked.</summary>
    public async Task<TimeSpan?> Begin(string email, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            """
            INSERT INTO sign_in_attempts AS seen (email_hash, failures, until) VALUES ($1, 1, now() + $3)
            ON CONFLICT (email_hash) DO UPDATE SET
                failures = CASE WHEN seen.until < now() THEN 1 ELSE least(seen.failures, $2) + 1 END,
                until = CASE WHEN seen.until < now() OR seen.failures < $2 THEN now() + $3 ELSE seen.until END
            RETURNING failures, until - now()
            """);
        command.Add(Key(email), options.Value.LockAfter, TimeSpan.FromMinutes(options.Value.LockMinutes));
        await using var rows = await command.ExecuteReaderAsync(cancel);
        await rows.ReadAsync(cancel);
        return rows.GetInt32(0) > options.Value.LockAfter ? rows.GetTimeSpan(1) : null;
    }

    /// <summary>The attempt was no wrong one, and no right one either.</summary>
    public Task TakeBack(string email, CancellationToken cancel) => Execute("UPDATE sign_in_attempts SET failures = failures - 1 WHERE email_hash = $1", email, cancel);

    /// <summary>The attempt was right: those before it are forgotten, and so are all that ran out.</summary>
    public Task Succeed(string email, CancellationToken cancel) => Execute("DELETE FROM sign_in_attempts WHERE email_hash = $1 OR until < now()", email, cancel);

    /// <summary>The key of an address.</summary>
    public static byte[] Key(string email) => SHA256.HashData(Encoding.UTF8.GetBytes(email.Normalize().ToUpperInvariant()));

    private async Task Execute(string sql, string email, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Add(Key(email));
        await command.ExecuteNonQueryAsync(cancel);
    }
}
