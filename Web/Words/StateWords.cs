using MudBlazor;
using Slipway.Contracts;

namespace Slipway.Web.Words;

/// <summary>How a state is shown: a word, an icon and a colour, so that no one of them has to be seen.</summary>
static class StateWords
{
    public static string Icon(AppState state) => state switch
    {
        AppState.Deploying => Icons.Material.Rounded.Sync,
        AppState.Running => Icons.Material.Rounded.CheckCircle,
        AppState.Degraded => Icons.Material.Rounded.Warning,
        AppState.Failed => Icons.Material.Rounded.Error,
        AppState.Stopped => Icons.Material.Rounded.StopCircle,
        AppState.Deleting => Icons.Material.Rounded.AutoDelete,
        _ => Icons.Material.Rounded.HelpOutline,
    };

    /// <summary>The suffix of the CSS classes that colour a state.</summary>
    public static string Css(AppState state) => state.ToString().ToLowerInvariant();

    public static string Icon(TimelineKind kind) => kind switch
    {
        TimelineKind.Accepted => Icons.Material.Rounded.Inventory,
        TimelineKind.Applied => Icons.Material.Rounded.CloudUpload,
        TimelineKind.Scheduled => Icons.Material.Rounded.Dns,
        TimelineKind.Pulled => Icons.Material.Rounded.Download,
        TimelineKind.Started => Icons.Material.Rounded.PlayArrow,
        TimelineKind.Ready => Icons.Material.Rounded.Check,
        TimelineKind.Failed => Icons.Material.Rounded.PriorityHigh,
        TimelineKind.Crashed => Icons.Material.Rounded.Replay,
        TimelineKind.Stopped => Icons.Material.Rounded.Stop,
        TimelineKind.Resumed => Icons.Material.Rounded.PlayArrow,
        TimelineKind.Restarted => Icons.Material.Rounded.RestartAlt,
        TimelineKind.Repaired => Icons.Material.Rounded.Build,
        TimelineKind.Deleting => Icons.Material.Rounded.DeleteOutline,
        _ => Icons.Material.Rounded.Circle,
    };

    public static string Css(TimelineKind kind) => kind switch
    {
        TimelineKind.Ready => "running",
        TimelineKind.Failed or TimelineKind.Crashed => "failed",
        TimelineKind.Repaired => "degraded",
        TimelineKind.Stopped or TimelineKind.Deleting => "stopped",
        _ => "deploying",
    };

    public static string Icon(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Succeeded => Icons.Material.Rounded.CheckCircle,
        ReleaseOutcome.Failed => Icons.Material.Rounded.Error,
        ReleaseOutcome.Superseded => Icons.Material.Rounded.RemoveCircleOutline,
        _ => Icons.Material.Rounded.Sync,
    };

    public static string Css(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Succeeded => "running",
        ReleaseOutcome.Failed => "failed",
        ReleaseOutcome.Superseded => "stopped",
        _ => "deploying",
    };

    public static string Word(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Succeeded => "Ran",
        ReleaseOutcome.Failed => "Failed",
        ReleaseOutcome.Superseded => "Overtaken",
        _ => "On its way",
    };
}
