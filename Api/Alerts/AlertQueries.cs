using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>Reads alerts.</summary>
sealed class AlertQueries(SlipwayDb db, TimeProvider time)
{
    /// <summary>The open alerts of everything that the user can see.</summary>
    public Task<Page<AlertView>> OpenFor(CurrentUser user, PageParameters page, CancellationToken cancel)
    {
        var only = user.Token?.ProjectId;
        var isAdministrator = user is { IsAdministrator: true, Token: null };
        return Page(db.Alerts.Where(a => a.EndedAt == null && (a.ProjectId == null
            ? isAdministrator
            : (only == null || a.ProjectId == only) && db.Collaborators.Any(c => c.ProjectId == a.ProjectId && c.UserId == user.Id))), page, open: null, cancel);
    }

    /// <summary>A page of alerts, open ones first, then the newest.</summary>
    /// <param name="open">Only those that are open, or only those that are over; null: all.</param>
    public async Task<Page<AlertView>> Page(IQueryable<AlertRow> alerts, PageParameters page, bool? open, CancellationToken cancel)
    {
        alerts = open switch
        {
            true => alerts.Where(a => a.EndedAt == null),
            false => alerts.Where(a => a.EndedAt != null),
            null => alerts,
        };
        if (page.SearchPattern is { } pattern)
        {
            alerts = alerts.Where(a => EF.Functions.ILike(a.Rule, pattern));
        }

        var total = await alerts.CountAsync(cancel);
        var ordered = page.Sort switch
        {
            "since" => alerts.OrderBy(a => a.StartedAt).ThenBy(a => a.Id),
            "-since" => alerts.OrderByDescending(a => a.StartedAt).ThenByDescending(a => a.Id),
            _ => alerts.OrderByDescending(a => a.EndedAt == null).ThenByDescending(a => a.StartedAt).ThenByDescending(a => a.Id),
        };
        var now = time.GetUtcNow();
        var rows = await ordered.AsNoTracking().Skip(page.Skip).Take(page.Take).Select(a => new
        {
            Alert = a,
            Project = db.Projects.Where(p => p.Id == a.ProjectId).Select(p => p.Name).FirstOrDefault(),
            App = db.Apps.Where(p => p.Id == a.AppId).Select(p => p.Name).FirstOrDefault(),
            Silenced = db.Silences.Where(s => s.AppId == a.AppId && s.Rule == a.Rule && s.Until > now).Select(s => (DateTimeOffset?)s.Until).FirstOrDefault(),
        }).ToListAsync(cancel);
        return new([.. rows.Select(r => new AlertView(r.Alert.Id, r.Alert.Rule, AlertRules.TitleOf(r.Alert.Rule), r.Alert.Severity, r.Project, r.App, r.Alert.Subject,
            r.Alert.Summary, r.Alert.Advice, r.Alert.StartedAt, r.Alert.EndedAt, r.Alert.EndedAt is null ? r.Silenced : null))], total);
    }

    /// <summary>The rules as they stand for an app.</summary>
    public async Task<IReadOnlyList<AlertRuleView>> RulesOf(Guid app, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var silences = await db.Silences.AsNoTracking().Where(s => s.AppId == app && s.Until > now).ToDictionaryAsync(s => s.Rule, cancel);
        var thresholds = await db.Thresholds.AsNoTracking().Where(t => t.AppId == app).ToDictionaryAsync(t => t.Rule, t => t.Value, cancel);
        return [.. AlertRules.OfApps.Select(rule => View(rule, thresholds.TryGetValue(rule.Name, out var value) ? value : null, silences.GetValueOrDefault(rule.Name)))];
    }

    private static AlertRuleView View(AlertRule rule, double? value, SilenceRow? silence)
    {
        var at = rule.Threshold is { } threshold ? value ?? threshold.Default : (double?)null;
        var meaning = rule.Threshold is { } t ? rule.Meaning.Replace("{0}", $"{at:0.##} {t.Unit}".Replace(" %", " %", StringComparison.Ordinal), StringComparison.Ordinal) : rule.Meaning;
        return new(rule.Name, rule.Title, meaning, rule.Severity, at, rule.Threshold?.Default, rule.Threshold?.Unit, rule.Threshold?.Least, rule.Threshold?.Most, silence?.Until, silence?.By);
    }
}
