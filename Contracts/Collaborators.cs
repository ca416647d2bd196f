namespace Slipway.Contracts;

/// <summary>Somebody in a project, or somebody who is invited to it.</summary>
/// <param name="Invited">Whether they have yet to accept.</param>
/// <param name="Since">When they came in, or were invited.</param>
/// <param name="ExpiresAt">Until when an invitation can be accepted; null for those who are in.</param>
/// <param name="Version">Grows with every change of the role: see <see cref="PutCollaborator.Version"/>.</param>
public sealed record CollaboratorView(string Email, Role Role, bool Invited, DateTimeOffset Since, DateTimeOffset? ExpiresAt, int Version)
{
    /// <summary>
    /// The invitation's code, in the one answer to the invitation itself and only where no e-mail can be sent: hand it over as
    /// <c>/invitation?code=…</c> of the portal.
    /// </summary>
    public string? InvitationCode { get; init; }

    /// <summary>Whether the role comes from the identity provider's groups: it is given anew each time that they sign in.</summary>
    public bool Mapped { get; init; }
}

/// <summary>Adds somebody by e-mail address, or changes their role.</summary>
public sealed record PutCollaborator(Role Role)
{
    /// <summary>
    /// The version that the change is based on: 409 where somebody else has changed it since, or removed or added the person. 0 where
    /// they must not be in the project yet; null: whatever is there.
    /// </summary>
    public int? Version { get; init; }
}

/// <summary>Accepts an invitation, which works once and for the invited address only.</summary>
public sealed record AcceptInvitation(string Code);

/// <summary>Something that somebody did, or tried.</summary>
/// <param name="Actor">Who, by e-mail address; null where nobody was signed in.</param>
/// <param name="Token">The name of the access token that was used, if one was.</param>
/// <param name="Action">Such as <c>app.deploy</c>.</param>
/// <param name="Project">Where; null where it is about no project.</param>
/// <param name="Object">On what, such as <c>apps/shop</c>.</param>
/// <param name="From">The network address.</param>
/// <param name="Status">The HTTP status of the answer.</param>
public sealed record AuditEntry(
    long Id, DateTimeOffset At, string? Actor, string? Token, string Action, string? Project, string? Object, string? From, int Status);

/// <summary>An account, as administrators see it.</summary>
/// <param name="Confirmed">Whether they have confirmed their address, or do not have to because nobody asks: the platform sends no e-mail and has no identity provider.</param>
/// <param name="Locked">Whether too many wrong passwords have closed it for the moment.</param>
/// <param name="Projects">How many projects they are in.</param>
public sealed record UserView(
    Guid Id, string Email, DateTimeOffset CreatedAt, bool Confirmed, bool Administrator, bool TwoFactor, bool Disabled, bool Locked, int Projects);

/// <summary>Changes what somebody may do on the whole platform; what is null stays.</summary>
/// <param name="Disabled">A disabled account is signed out everywhere at once and cannot sign in.</param>
/// <param name="Administrator">Whether they are an administrator; there is always one.</param>
/// <param name="Confirmed">True: the administrator vouches that the address is theirs.</param>
public sealed record PatchUser(bool? Disabled = null, bool? Administrator = null, bool? Confirmed = null);

/// <summary>A project, as administrators see it.</summary>
/// <param name="Quota">Its own limits; null: those of the platform.</param>
public sealed record AdminProjectView(string Name, DateTimeOffset CreatedAt, int Collaborators, int Apps, ProjectQuota? Quota);

/// <summary>The most that is set aside for a project's apps together; what is null is the platform's setting.</summary>
/// <param name="Cpu">Cores. An app sets aside a twentieth of its limit.</param>
/// <param name="MemoryMiB">Mebibytes. An app sets aside a quarter of its limit.</param>
/// <param name="Pods">How many pods at once.</param>
public sealed record ProjectQuota(decimal? Cpu, int? MemoryMiB, int? Pods);
