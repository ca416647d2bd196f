using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Slipway.Contracts;

namespace Slipway.Api.Storage;

/// <summary>A person who can sign in.</summary>
public sealed class User : IdentityUser<Guid>
{
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>May use everything under <c>/api/admin</c>.</summary>
    public bool IsAdministrator { get; set; }

    /// <summary>Since when an administrator has shut this account out; null while it may sign in.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Whether the identity provider's groups made them an administrator, and can unmake them.</summary>
    public bool AdministratorByProvider { get; set; }
}

/// <summary>One signed-in device. Deleting the row signs it out at its next request.</summary>
public sealed class SessionRow
{
    public Guid Id { get; init; }

    public Guid UserId { get; init; }

    /// <summary>SHA-256 of the refresh token that works now.</summary>
    public required byte[] RefreshHash { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its last sign-in or refresh.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>What it called itself then; shortened.</summary>
    public string? Device { get; set; }

    /// <summary>From where.</summary>
    public string? Address { get; set; }

    /// <summary>Until when the refresh token works; every refresh moves it on.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Until when it can be refreshed at all, where the identity provider began it; null: it was begun with a password.</summary>
    public DateTimeOffset? EndsAt { get; init; }
}

/// <summary>A project as it is wanted.</summary>
public sealed class ProjectRow
{
    public Guid Id { get; init; }

    /// <summary>Unique, also among projects on their way out: the namespace is still there.</summary>
    public required string Name { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public Guid CreatedBy { get; init; }

    /// <summary>
    /// The uid of the namespace that Slipway created; only a namespace with this uid is ever deleted. Null while the namespace is being
    /// created; a row that stays so was left by a process that died in between, and the reconciler clears it away.
    /// </summary>
    public string? NamespaceUid { get; set; }

    /// <summary>When its deletion was asked for. The reconciler deletes the namespace, then the row.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Limits that an administrator has set for this project; null: those of the platform.</summary>
    public ProjectQuota? Quota { get; set; }
}

/// <summary>A person's role in a project.</summary>
public sealed class CollaboratorRow
{
    public Guid ProjectId { get; init; }

    public Guid UserId { get; init; }

    /// <summary>What they may do: the higher one of the two below, where the provider's groups give one.</summary>
    public Role Role { get; set; }

    /// <summary>What the identity provider's groups gave at the last sign-in, where that is more than was given by hand; null: nothing more.</summary>
    public Role? MappedRole { get; set; }

    /// <summary>Beside a <see cref="MappedRole"/>: what was given by hand; null: nothing.</summary>
    public Role? HandRole { get; set; }

    public DateTimeOffset Since { get; init; }

    /// <summary>Grows with every change of the role.</summary>
    public int Version { get; set; }
}

/// <summary>An app as it is wanted. Its spec is the newest release's.</summary>
public sealed class AppRow
{
    public Guid Id { get; init; }

    public Guid ProjectId { get; init; }

    /// <summary>Unique in the project, also among apps on their way out.</summary>
    public required string Name { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>The newest release's number.</summary>
    public int Release { get; set; }

    public bool Stopped { get; set; }

    /// <summary>When fresh replicas were last asked for; part of the pod template, so that a change of it rolls the pods.</summary>
    public DateTimeOffset? RestartedAt { get; set; }

    /// <summary>When its deletion was asked for. The reconciler deletes the objects, then the row.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>Grows by one with every change of what is wanted.</summary>
    public long Generation { get; set; }

    /// <summary>The newest generation that the cluster has taken.</summary>
    public long AppliedGeneration { get; set; }

    /// <summary>Why the last attempt to apply failed, in a few words; null when it did not.</summary>
    public string? ProblemReason { get; set; }

    /// <summary>The same in full sentences.</summary>
    public string? ProblemDetail { get; set; }

    /// <summary>The W3C trace context of the newest request that changed it, until its replicas were ready; null where nothing is traced.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Counts a change of what is wanted, made by the request of now.</summary>
    public void Change()
    {
        Generation++;
        TraceParent = Activity.Current?.Id;
    }
}

/// <summary>What an app's pods run: everything of a release but the environment's values.</summary>
public sealed record AppSpec
{
    public required string Image { get; init; }

    public int? Port { get; init; }

    public required int Replicas { get; init; }

    public required Resources Resources { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? HealthPath { get; init; }

    public AppMetrics? Metrics { get; init; }

    /// <summary>The variables' names, sorted.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];
}

/// <summary>An immutable snapshot of an app's spec. Only what became of it is added later.</summary>
public sealed class ReleaseRow
{
    public Guid AppId { get; init; }

    public int Number { get; init; }

    public required AppSpec Spec { get; init; }

    /// <summary>The environment, encrypted: see <see cref="EnvironmentBox"/>.</summary>
    public required byte[] Environment { get; init; }

    public required string Author { get; init; }

    public required string Reason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When all its replicas were first ready.</summary>
    public DateTimeOffset? ReadyAt { get; set; }

    /// <summary>When it was first seen to fail.</summary>
    public DateTimeOffset? FailedAt { get; set; }
}

/// <summary>Something that happened to an app.</summary>
public sealed class TimelineRow
{
    public long Id { get; init; }

    public Guid AppId { get; init; }

    public int Release { get; init; }

    public TimelineKind Kind { get; init; }

    public required string Message { get; init; }

    public DateTimeOffset At { get; init; }

    public string? Actor { get; init; }

    /// <summary>Unique in its app, so that two replicas that see the same thing write it once; null for what people do.</summary>
    public string? Key { get; init; }
}

/// <summary>What a work item is about.</summary>
public enum WorkTarget
{
    Project,
    App,
}

/// <summary>
/// Something to bring into line with what is wanted. One row per target: asking again makes the row due and its generation grow,
/// and a worker deletes it only if the generation is still the one that it worked on.
/// </summary>
public sealed class WorkItemRow
{
    public WorkTarget Target { get; init; }

    public Guid TargetId { get; init; }

    public long Generation { get; set; }

    public DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }

    /// <summary>Which process works on it, until <see cref="LeaseUntil"/>.</summary>
    public string? ClaimedBy { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>The W3C trace context of the request that asked, so that one trace runs from the click to the pod.</summary>
    public string? TraceParent { get; set; }

    public string? LastError { get; set; }
}

/// <summary>An object in the cluster that Slipway created for a project or an app. This table, not a label, is the authority.</summary>
public sealed class OwnedObjectRow
{
    /// <summary>The project's or app's id.</summary>
    public Guid OwnerId { get; init; }

    /// <summary>Such as <c>Deployment</c>.</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>The uid that the cluster gave it; an object of the same name with another uid is somebody else's.</summary>
    public required string Uid { get; set; }

    /// <summary>The hash of the part that Slipway asks for, as the cluster answered the last apply: drift is a difference from it.</summary>
    public required string Fingerprint { get; set; }
}
