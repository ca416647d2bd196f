using Slipway.Contracts;

namespace Slipway.Api.Storage;

/// <summary>A way by which a project tells what happens.</summary>
public sealed class ChannelRow
{
    public Guid Id { get; init; }

    public Guid ProjectId { get; init; }

    /// <summary>Unique in the project.</summary>
    public required string Name { get; set; }

    public ChannelKind Kind { get; init; }

    /// <summary>The names of <see cref="NotifiedEvent"/>.</summary>
    public required string[] Events { get; set; }

    /// <summary>Where it goes, as far as that is no secret.</summary>
    public required string Target { get; set; }

    /// <summary>The rest, sealed for <see cref="Id"/>: see <see cref="EnvironmentBox"/>.</summary>
    public required byte[] Secret { get; set; }

    public bool Enabled { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSentAt { get; set; }
}

/// <summary>Something that people are told of. It is stored together with what it tells about.</summary>
public sealed class NotificationRow
{
    public Guid Id { get; init; }

    public Guid ProjectId { get; init; }

    /// <summary>Unique in the project, so that two replicas that see the same tell it once.</summary>
    public required string Key { get; init; }

    public NotifiedEvent Event { get; init; }

    /// <summary>See <see cref="WebhookMessage.State"/>.</summary>
    public required string State { get; init; }

    public string? App { get; init; }

    public string? Rule { get; init; }

    public required string Title { get; init; }

    public required string Text { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>A message to one channel. A channel's are sent one after the other, in the order of their ids.</summary>
public sealed class DeliveryRow
{
    public long Id { get; init; }

    public Guid NotificationId { get; init; }

    public Guid ChannelId { get; init; }

    public DeliveryState State { get; set; }

    public DateTimeOffset DueAt { get; set; }

    /// <summary>How many tries failed.</summary>
    public int Attempts { get; set; }

    /// <summary>When it was stored, or last asked for again by a person: what is not delivered for long after that is given up.</summary>
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>Which claim it is being sent under, until <see cref="LeaseUntil"/>.</summary>
    public Guid? ClaimedBy { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public string? Error { get; set; }

    /// <summary>When it was sent or given up.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>A container that died, with what it wrote last.</summary>
public sealed class CrashRow
{
    public Guid Id { get; init; }

    public Guid AppId { get; init; }

    public int Release { get; init; }

    public required string Pod { get; init; }

    public required string PodUid { get; init; }

    public required string Container { get; init; }

    /// <summary>Which run of the container it was, from 1. Unique with the pod's uid and the container's name.</summary>
    public int Run { get; init; }

    public int ExitCode { get; init; }

    public int? Signal { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset EndedAt { get; init; }

    /// <summary>A JSON array of <see cref="LogLine"/>, compressed.</summary>
    public required byte[] Lines { get; init; }

    public int LineCount { get; init; }
}

/// <summary>Something that is in trouble, or was, as Alertmanager told.</summary>
public sealed class AlertRow
{
    public Guid Id { get; init; }

    /// <summary>Alertmanager's hash of the labels. At most one alert of a fingerprint is open.</summary>
    public required string Fingerprint { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When Alertmanager last said that it goes on.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public required string Rule { get; init; }

    public AlertSeverity Severity { get; init; }

    /// <summary>Null where it is about the platform itself.</summary>
    public Guid? ProjectId { get; init; }

    public Guid? AppId { get; init; }

    public string? Subject { get; init; }

    public required string Summary { get; set; }

    public required string Advice { get; set; }

    /// <summary>How many messages there were about it. While it is odd, people were told that it is raised, and have yet to be told of its end.</summary>
    public int Told { get; set; }
}

/// <summary>A rule whose alerts nobody is told of, for one app.</summary>
public sealed class SilenceRow
{
    public Guid AppId { get; init; }

    public required string Rule { get; init; }

    public DateTimeOffset Until { get; set; }

    public required string By { get; set; }
}

/// <summary>What a rule is raised at for one app.</summary>
public sealed class ThresholdRow
{
    public Guid AppId { get; init; }

    public required string Rule { get; init; }

    public double Value { get; set; }
}
