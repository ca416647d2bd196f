using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>Codes that are sent by e-mail. Each works once; a new one makes those before it for the same purpose worthless.</summary>
public sealed class AccountCodes(SlipwayDb db, TimeProvider time)
{
    /// <summary>A new code.</summary>
    public async Task<string> Issue(Guid userId, CodePurpose purpose, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var code = Secrets.New();
        await db.AccountCodes.Where(c => (c.UserId == userId && c.Purpose == purpose) || c.ExpiresAt < now).ExecuteDeleteAsync(cancel);
        db.AccountCodes.Add(new() { Id = Guid.CreateVersion7(now), UserId = userId, Purpose = purpose, Hash = Secrets.Hash(code), ExpiresAt = now + Lifetime(purpose) });
        await db.SaveChangesAsync(cancel);
        return code;
    }

    /// <summary>Uses a code up. The id of its user; null where it is wrong, used or too old.</summary>
    public async Task<Guid?> Redeem(string code, CodePurpose purpose, CancellationToken cancel)
    {
        var (hash, now) = (Secrets.Hash(code), time.GetUtcNow());
        var user = await db.AccountCodes.Where(c => c.Hash == hash && c.Purpose == purpose && c.ExpiresAt > now).Select(c => (Guid?)c.UserId).FirstOrDefaultAsync(cancel);
        // Of two who show it at once, one has deleted it.
        return user is not null && await db.AccountCodes.Where(c => c.Hash == hash).ExecuteDeleteAsync(cancel) == 1 ? user : null;
    }

    private static TimeSpan Lifetime(CodePurpose purpose) => purpose is CodePurpose.ResetPassword ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
}
