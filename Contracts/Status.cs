namespace Slipway.Contracts;

/// <summary>What the cluster shows of an app.</summary>
public enum AppState
{
    /// <summary>On its way to what the newest release asks for.</summary>
    Deploying,

    /// <summary>The newest release runs, with all its replicas ready.</summary>
    Running,

    /// <summary>It answers, but not as asked: too few replicas, or an older release because the newest one does not come up.</summary>
    Degraded,

    /// <summary>Nothing of it answers, and it will not without a change.</summary>
    Failed,

    /// <summary>Stopped on purpose.</summary>
    Stopped,

    /// <summary>On its way out.</summary>
    Deleting,
}

/// <summary>An app's state with its reason in words.</summary>
public sealed record AppStatus
{
    /// <summary>The <see cref="Reason"/> where a registry does not hand the image out: signing in to it may help.</summary>
    public const string ImageRefused = "Not allowed to fetch the image";

    /// <summary>The state.</summary>
    public required AppState State { get; init; }

    /// <summary>Why, in a few words: <c>Image not found</c>; null where there is nothing to explain.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, in full sentences, with what to do about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The exit code of the container that ended, where that is the reason.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines that the container wrote before it ended.</summary>
    public string? LastLines { get; init; }

    /// <summary>How many replicas are wanted.</summary>
    public required int Wanted { get; init; }

    /// <summary>How many replicas, of any release, are ready.</summary>
    public required int Ready { get; init; }

    /// <summary>How often containers of the pods that are there now have been restarted.</summary>
    public int Restarts { get; init; }
}

/// <summary>One running copy of an app.</summary>
/// <param name="Name">The pod's name.</param>
/// <param name="Release">The release that it runs.</param>
/// <param name="Phase">In a word or two: <c>Running</c>, <c>Starting</c>, <c>Crashed, waiting to start again</c>, ….</param>
/// <param name="Ready">Whether it gets traffic.</param>
/// <param name="Restarts">How often its container has been restarted.</param>
/// <param name="StartedAt">When the cluster accepted it.</param>
/// <param name="Node">The machine that it is on, once it is on one.</param>
/// <param name="Message">What is wrong with it, in words; null where nothing is.</param>
public sealed record PodView(
    string Name, int Release, string Phase, bool Ready, int Restarts, DateTimeOffset? StartedAt, string? Node, string? Message);

/// <summary>A kind of entry in an app's timeline.</summary>
public enum TimelineKind
{
    /// <summary>The change was stored.</summary>
    Accepted,

    /// <summary>The cluster has the release's objects.</summary>
    Applied,

    /// <summary>A machine was found for its first replica.</summary>
    Scheduled,

    /// <summary>The image is on that machine.</summary>
    Pulled,

    /// <summary>The first container runs.</summary>
    Started,

    /// <summary>All replicas of the release are ready.</summary>
    Ready,

    /// <summary>Something went wrong; the message says what.</summary>
    Failed,

    /// <summary>A container ended and was started again.</summary>
    Crashed,

    /// <summary>Somebody stopped the app.</summary>
    Stopped,

    /// <summary>Somebody started the app again.</summary>
    Resumed,

    /// <summary>Somebody asked for fresh replicas.</summary>
    Restarted,

    /// <summary>An object that was changed or deleted in the cluster was put back.</summary>
    Repaired,

    /// <summary>Somebody asked for the app to be deleted.</summary>
    Deleting,
}

/// <summary>Something that happened to an app.</summary>
/// <param name="Id">Grows with time; unique over all apps.</param>
/// <param name="At">When, by the clock of whoever saw it first (the cluster's for what the cluster did).</param>
/// <param name="Release">To which release.</param>
/// <param name="Kind">What.</param>
/// <param name="Message">In words.</param>
/// <param name="Actor">The e-mail address of who did it; null for the platform itself.</param>
public sealed record TimelineEntry(long Id, DateTimeOffset At, int Release, TimelineKind Kind, string Message, string? Actor)
{
    /// <summary>Where a container died: the <see cref="CrashView"/> with what it wrote last; null where none is kept.</summary>
    public Guid? Crash { get; init; }
}

/// <summary>A numbered, immutable snapshot of an app's spec.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Spec">What it asks for.</param>
/// <param name="Author">The e-mail address of who made it.</param>
/// <param name="Reason">Why, in words: the author's, or what changed.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record ReleaseView(
    int Number, AppSpecView Spec, string Author, string Reason, DateTimeOffset CreatedAt, ReleaseOutcome Outcome);

/// <summary>What became of a release.</summary>
public enum ReleaseOutcome
{
    /// <summary>Not known yet.</summary>
    Pending,

    /// <summary>All its replicas were ready at one time.</summary>
    Succeeded,

    /// <summary>It failed, and was never ready.</summary>
    Failed,

    /// <summary>A newer release took its place before it was ready.</summary>
    Superseded,
}

/// <summary>One line of a log.</summary>
/// <param name="Pod">The pod that wrote it.</param>
/// <param name="At">When the runtime received it.</param>
/// <param name="Text">The line without its line break.</param>
public sealed record LogLine(string Pod, DateTimeOffset? At, string Text);

/// <summary>Which lines of an app's log are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>The most lines of the past that one request answers.</summary>
    public const int MaxTail = 10_000;

    /// <summary>Keep sending new lines, also those of pods that come later.</summary>
    public bool Follow { get; init; }

    /// <summary>How many of the newest lines to begin with, for each pod: 0 to <see cref="MaxTail"/>.</summary>
    public int Tail { get; init; } = 200;

    /// <summary>Only this pod's.</summary>
    public string? Pod { get; init; }

    /// <summary>The lines of the container that ended before the running one.</summary>
    public bool Previous { get; init; }
}

/// <summary>What a project's event stream says.</summary>
/// <param name="Name">The app that changed.</param>
/// <param name="App">The app as it is now; null when it is gone.</param>
public sealed record AppChanged(string Name, AppView? App);
