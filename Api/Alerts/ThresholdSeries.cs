using Microsoft.EntityFrameworkCore;
using Slipway.Api.Monitoring;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>What rules are raised at for each app, as series that the rules join with what they compare.</summary>
static class ThresholdSeries
{
    /// <summary>Writes the series of these apps: those that somebody has set, and the rules' own for all others.</summary>
    public static async Task Write(SeriesText text, SlipwayDb db, IReadOnlyList<CountedApp> apps, CancellationToken cancel)
    {
        var set = await db.Thresholds.AsNoTracking().ToDictionaryAsync(t => (t.AppId, t.Rule), t => t.Value, cancel);
        text.Family("slipway_app_threshold", "gauge", "What an alert rule is raised at for the app, in the rule's unit.");
        foreach (var app in apps)
        {
            foreach (var rule in AlertRules.OfApps)
            {
                if (rule.Threshold is { } threshold)
                {
                    text.Add(set.TryGetValue((app.Wanted.Id, rule.Name), out var value) ? value : threshold.Default,
                        ("project", app.Wanted.Project), ("app", app.Wanted.Name), ("rule", rule.Name));
                }
            }
        }
    }
}
