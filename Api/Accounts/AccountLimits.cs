using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Slipway.Api.Http;

namespace Slipway.Api.Accounts;

/// <summary>
/// How often one network address, and one account, may use what nobody has to be signed in for. Every replica counts by itself; wrong
/// passwords are counted in the database (<see cref="SignInAttempts"/>).
/// </summary>
public sealed class AccountLimits(IOptions<AccountOptions> options) : IDisposable
{
    /// <summary>The policy of endpoints that are limited by network address.</summary>
    public const string PerAddress = "per address";

    private readonly PartitionedRateLimiter<string> messages = PartitionedRateLimiter.Create<string, string>(email =>
        RateLimitPartition.GetFixedWindowLimiter(Convert.ToHexString(SignInAttempts.Key(email)), _ => new()
        {
            PermitLimit = options.Value.MessagesPerAccount,
            Window = TimeSpan.FromMinutes(15),
        }));

    /// <summary>Null where an account may be sent another message; otherwise how long it may not.</summary>
    public TimeSpan? Message(string email)
    {
        using var lease = messages.AttemptAcquire(email);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromMinutes(15);
    }

    /// <summary>Registers the limit by network address.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AccountLimits>();
        services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(PerAddress, http => RateLimitPartition.GetSlidingWindowLimiter(http.Origin() ?? "", _ => new()
            {
                PermitLimit = http.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.AttemptsPerAddress,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
            }));
            limiter.OnRejected = async (context, _) => await Problems.TooMany("That was too often from your network address.", TimeSpan.FromSeconds(10)).ExecuteAsync(context.HttpContext);
        });
    }

    /// <inheritdoc/>
    public void Dispose() => messages.Dispose();
}

/// <summary>Where a request comes from.</summary>
static class Origins
{
    /// <summary>The network address, as far as trusted proxies tell; null where there is none.</summary>
    public static string? Origin(this HttpContext http) => http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
