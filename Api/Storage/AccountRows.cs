using Slipway.Contracts;

namespace Slipway.Api.Storage;

/// <summary>A place in a project that waits for somebody to accept it.</summary>
public sealed class InvitationRow
{
    public Guid Id { get; init; }

    public Guid ProjectId { get; init; }

    public required string Email { get; init; }

    /// <summary>The address as Identity compares it. One invitation for an address and project.</summary>
    public required string NormalizedEmail { get; init; }

    public Role Role { get; set; }

    /// <summary>SHA-256 of the code that accepts it.</summary>
    public required byte[] Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Grows with every change of the role.</summary>
    public int Version { get; set; }
}

/// <summary>An access token for a program. Deleting the row revokes it.</summary>
public sealed class AccessTokenRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The secret's first characters.</summary>
    public required string Hint { get; init; }

    /// <summary>The one project that it works in; null: all of its owner's.</summary>
    public Guid? ProjectId { get; init; }

    public Role Role { get; init; }

    /// <summary>What it may do of what its role may; null: all of it.</summary>
    public IReadOnlyList<Permission>? Actions { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}

/// <summary>What a code that was sent by e-mail is good for.</summary>
public enum CodePurpose
{
    ConfirmEmail,
    ResetPassword,
}

/// <summary>A code that was sent by e-mail; it works once.</summary>
public sealed class AccountCodeRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    public CodePurpose Purpose { get; init; }

    /// <summary>SHA-256 of the code.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>
/// How often somebody has failed to sign in with an address, whether or not there is such an account: what is the same for both tells
/// nobody which it is.
/// </summary>
public sealed class SignInAttemptsRow
{
    /// <summary>SHA-256 of the normalized address.</summary>
    public required byte[] EmailHash { get; init; }

    public int Failures { get; set; }

    /// <summary>When the failures are forgotten; while there are too many of them, until when the account is locked.</summary>
    public DateTimeOffset Until { get; set; }
}

/// <summary>A message that waits to be sent.</summary>
public sealed class MailRow
{
    public Guid Id { get; init; }

    public required string To { get; init; }

    public required string Subject { get; init; }

    /// <summary>The text, sealed: it has codes in it.</summary>
    public required byte[] Body { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }
}

/// <summary>Something that somebody did. Rows are only ever added: a trigger refuses everything else.</summary>
public sealed class AuditRow
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    public Guid? ActorId { get; init; }

    /// <summary>The actor's address at that time: the account may be gone by now.</summary>
    public string? Actor { get; init; }

    /// <summary>The name of the access token that was used.</summary>
    public string? Token { get; init; }

    public required string Action { get; init; }

    public Guid? ProjectId { get; init; }

    public string? Project { get; init; }

    public string? Object { get; init; }

    /// <summary>The network address.</summary>
    public string? Origin { get; init; }

    public int Status { get; init; }
}
