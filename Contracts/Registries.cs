namespace Slipway.Contracts;

/// <summary>How a project signs in to a registry, so that its apps can run private images. The password is never given back.</summary>
/// <param name="Host">The registry, as <see cref="RegistryRules.Host"/> writes it.</param>
/// <param name="ChangedAt">When it was last given.</param>
/// <param name="ChangedBy">By whom, by e-mail address.</param>
public sealed record RegistryView(string Host, string Username, DateTimeOffset ChangedAt, string ChangedBy);

/// <summary>Signs a project in to a registry, in the place of what was given for it before.</summary>
public sealed record PutRegistry
{
    /// <summary>The account's name there.</summary>
    public required string Username { get; init; }

    /// <summary>Its password, or better a token that may only read. Secret.</summary>
    public required string Password { get; init; }
}
