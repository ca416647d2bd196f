using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>
/// Decides which new account administers the platform. With <see cref="AccountOptions.SetupToken"/> it is the one that registers with the token;
/// without, the first account or the one with the address <see cref="AccountOptions.Administrator"/>.
/// </summary>
public sealed class FirstAdministrator(SlipwayDb db, ILookupNormalizer normalizer, IOptions<AccountOptions> options)
{
    private string SetupToken => options.Value.SetupToken;

    /// <summary>Whether the platform waits for somebody to register with the set-up token.</summary>
    public async Task<bool> IsPending(CancellationToken cancel) => SetupToken.Length > 0 && !await db.Users.AnyAsync(u => u.IsAdministrator, cancel);

    /// <summary>Whether this is the set-up token. Compares hashes, so that the time taken tells nothing about the token.</summary>
    public bool Takes(string token) => SetupToken.Length > 0 && CryptographicOperations.FixedTimeEquals(Secrets.Hash(token), Secrets.Hash(SetupToken));

    /// <summary>
    /// Makes a registered account the administrator where that is due, in the caller's transaction. False where it came with the set-up token and
    /// there is an administrator by now.
    /// </summary>
    public async Task<bool> Register(User user, bool withToken, CancellationToken cancel)
    {
        if (withToken)
        {
            return await MakeFirst(user, cancel);
        }

        // An address proves nothing here: nobody has confirmed it yet.
        if (SetupToken.Length == 0)
        {
            await MakeByRule(user, cancel);
        }

        return true;
    }

    /// <summary>Makes an account of the identity provider's the administrator where that is due, in the caller's transaction.</summary>
    public Task Admit(User user, CancellationToken cancel) => SetupToken.Length == 0 || IsConfigured(user) ? MakeByRule(user, cancel) : Task.CompletedTask;

    private async Task MakeByRule(User user, CancellationToken cancel)
    {
        if (IsConfigured(user))
        {
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsAdministrator, true), cancel);
        }
        else if (options.Value.Administrator.Length == 0)
        {
            await MakeFirst(user, cancel);
        }
    }

    private bool IsConfigured(User user) =>
        options.Value.Administrator is { Length: > 0 } configured && normalizer.NormalizeEmail(configured) == user.NormalizedEmail;

    /// <summary>Those who register at the same time take turns, until the caller's transaction ends. False where there is an administrator.</summary>
    private async Task<bool> MakeFirst(User user, CancellationToken cancel)
    {
        const long turn = 0x51_1b_ad;
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({turn})", cancel);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE users SET is_administrator = true WHERE id = {user.Id} AND NOT EXISTS (SELECT FROM users WHERE is_administrator)", cancel) == 1;
    }
}
