using Slipway.Api.Storage;

namespace Slipway.Api.Apps.Observing;

/// <summary>What is wanted of an app: the part of its rows that a status is derived from.</summary>
public sealed record DesiredApp
{
    public required Guid Id { get; init; }

    /// <summary>The name of its project, and of its namespace.</summary>
    public required string Project { get; init; }

    public required string Name { get; init; }

    /// <summary>The newest release's number.</summary>
    public required int Release { get; init; }

    /// <summary>The newest release's spec.</summary>
    public required AppSpec Spec { get; init; }

    public bool Stopped { get; init; }

    public bool Deleting { get; init; }

    /// <summary>Whether the cluster has taken everything that was asked for.</summary>
    public bool Applied { get; init; }

    /// <summary>Why the cluster did not take it, in a few words; null where it did, or was not asked yet.</summary>
    public string? ProblemReason { get; init; }

    /// <summary>The same in full sentences.</summary>
    public string? ProblemDetail { get; init; }

    /// <summary>When the newest release was made.</summary>
    public required DateTimeOffset ReleasedAt { get; init; }

    /// <summary>What the rows ask for.</summary>
    /// <param name="release">The app's newest release.</param>
    public static DesiredApp From(string project, AppRow app, ReleaseRow release) => new()
    {
        Id = app.Id,
        Project = project,
        Name = app.Name,
        Release = release.Number,
        Spec = release.Spec,
        Stopped = app.Stopped,
        Deleting = app.DeletedAt is not null,
        Applied = app.AppliedGeneration >= app.Generation,
        ProblemReason = app.ProblemReason,
        ProblemDetail = app.ProblemDetail,
        ReleasedAt = release.CreatedAt,
    };
}
