using Slipway.Api.Notifications;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>Alerts in words. Pure.</summary>
static class AlertText
{
    /// <summary>What people are told when an alert is raised, or is over.</summary>
    /// <param name="why">Why it counts as over; null: because it is.</param>
    public static Note Note(AlertRow alert, Guid project, string about, string? app, DateTimeOffset now, string? why = null)
    {
        var title = AlertRules.TitleOf(alert.Rule);
        var (state, text) = alert.EndedAt is { } end
            ? ("resolved", why ?? $"It is over after {Words(end - alert.StartedAt)}.")
            : ("firing", $"{alert.Summary} {alert.Advice}".Trim());
        return new(project, $"alert:{alert.Id:N}:{alert.Told}", NotifiedEvent.Alerts, state, app, alert.Rule,
            alert.EndedAt is null ? $"{about}: {title}" : $"{about}: over ({title})", text, alert.EndedAt ?? now);
    }

    /// <summary>Why an alert counts as over of which nobody has said that it ended.</summary>
    public static string Unheard(TimeSpan since) => $"Alertmanager has said nothing of it for {Words(since)}, so it counts as over.";

    /// <summary>A length of time to the two units that matter.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{Math.Max(1, time.Seconds)} s",
        { TotalHours: < 1 } => $"{time.Minutes} min",
        { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };
}
