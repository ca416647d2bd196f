namespace Slipway.Api.Storage;

/// <summary>How a project signs in to a registry.</summary>
public sealed class RegistryRow
{
    public Guid Id { get; init; }

    public Guid ProjectId { get; init; }

    /// <summary>Unique in the project: see <see cref="Slipway.Contracts.RegistryRules.Host"/>.</summary>
    public required string Host { get; init; }

    public required string Username { get; set; }

    /// <summary>Sealed for <see cref="Id"/>: see <see cref="EnvironmentBox"/>.</summary>
    public required byte[] Password { get; set; }

    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>By whom, by e-mail address.</summary>
    public required string ChangedBy { get; set; }
}
