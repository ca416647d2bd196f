using MudBlazor;
using Slipway.Contracts;

namespace Slipway.Web.Words;

/// <summary>Alerts, and who is told of them, in words, icons and colours.</summary>
static class AlertWords
{
    public static string Icon(AlertSeverity severity) => severity is AlertSeverity.Critical ? Icons.Material.Rounded.Error : Icons.Material.Rounded.Warning;

    /// <summary>The class of a badge.</summary>
    public static string Css(AlertSeverity severity) => severity is AlertSeverity.Critical ? "bad" : "careful";

    public static string Say(AlertSeverity severity) => severity is AlertSeverity.Critical ? "critical" : "warning";

    /// <summary>What an alert is about.</summary>
    public static string About(AlertView alert) => (alert.Project, alert.App) switch
    {
        (null, _) => alert.Subject is null ? "The platform" : $"The platform · {alert.Subject}",
        (var project, null) => project,
        var (project, app) => $"{project} / {app}",
    };

    /// <summary>Where to look.</summary>
    public static string Link(AlertView alert) => (alert.Project, alert.App) switch
    {
        (null, _) => Components.Paths.PlatformAlerts,
        ({ } project, null) => Components.Paths.Alerts(project),
        var (project, app) => Components.Paths.App(project, app, "alerts"),
    };

    public static string Say(ChannelKind kind) => kind switch
    {
        ChannelKind.Telegram => "Telegram",
        ChannelKind.Email => "E-mail",
        ChannelKind.Webhook => "Webhook",
        _ => "Slack",
    };

    public static string Icon(ChannelKind kind) => kind switch
    {
        ChannelKind.Telegram => Icons.Material.Rounded.Send,
        ChannelKind.Email => Icons.Material.Rounded.MailOutline,
        ChannelKind.Webhook => Icons.Material.Rounded.Webhook,
        _ => Icons.Material.Rounded.Tag,
    };

    public static string Say(NotifiedEvent happened) => happened switch
    {
        NotifiedEvent.Alerts => "Alerts",
        NotifiedEvent.FailedDeploys => "Failed deployments",
        NotifiedEvent.Deploys => "Deployments that run",
        _ => "Changes of roles",
    };

    /// <summary>How long something took, to the two units that matter.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{Math.Max(1, (int)time.TotalSeconds)} s",
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };
}
