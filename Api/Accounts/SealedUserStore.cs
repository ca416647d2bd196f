using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>Identity's store, which seals what it would store in clear: the authenticator's key and the recovery codes.</summary>
public sealed class SealedUserStore(SlipwayDb db, EnvironmentBox box, IdentityErrorDescriber? describer = null)
    : UserOnlyStore<User, SlipwayDb, Guid>(db, describer)
{
    /// <summary>Our own values' provider, and the name of the time step of the last authenticator code that was used.</summary>
    public const string Provider = "slipway", LastStep = "last-step";

    /// <inheritdoc/>
    public override Task SetTokenAsync(User user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : Convert.ToBase64String(box.SealText(user.Id, value)), cancellationToken);

    /// <inheritdoc/>
    public override async Task<string?> GetTokenAsync(User user, string loginProvider, string name, CancellationToken cancellationToken) =>
        await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { } stored ? box.OpenText(user.Id, Convert.FromBase64String(stored)) : null;
}
