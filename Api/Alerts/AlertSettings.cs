using Microsoft.EntityFrameworkCore;
using Slipway.Api.Apps;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>What people change about the rules of an app.</summary>
sealed class AlertSettings(SlipwayDb db, AlertQueries queries, TimeProvider time)
{
    public Task<IResult> Silence(ProjectScope scope, string app, string rule, DateTimeOffset until, CancellationToken cancel)
    {
        var (end, now) = (until.ToUniversalTime(), time.GetUtcNow());
        return end <= now ? Wrong("until", "A silence ends in the future.")
            : end > now + AlertRules.LongestSilence ? Wrong("until", $"A silence is at most {AlertRules.LongestSilence.TotalDays:0} days long.")
            : Change(scope, app, rule, (id, found) => db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO alert_silences (app_id, rule, until, by) VALUES ({id}, {found.Name}, {end}, {scope.User.Email})
                ON CONFLICT (app_id, rule) DO UPDATE SET until = excluded.until, by = excluded.by
                """, cancel), cancel);
    }

    public Task<IResult> EndSilence(ProjectScope scope, string app, string rule, CancellationToken cancel) =>
        Change(scope, app, rule, (id, found) => db.Silences.Where(s => s.AppId == id && s.Rule == found.Name).ExecuteDeleteAsync(cancel), cancel);

    public Task<IResult> SetThreshold(ProjectScope scope, string app, string rule, double value, CancellationToken cancel) =>
        AlertRules.Find(rule) is { } known && AlertRules.ExplainThreshold(known, value) is { } wrong ? Wrong("value", wrong)
        : Change(scope, app, rule, (id, found) => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO alert_thresholds (app_id, rule, value) VALUES ({id}, {found.Name}, {value})
            ON CONFLICT (app_id, rule) DO UPDATE SET value = excluded.value
            """, cancel), cancel);

    public Task<IResult> ResetThreshold(ProjectScope scope, string app, string rule, CancellationToken cancel) =>
        Change(scope, app, rule, (id, found) => db.Thresholds.Where(t => t.AppId == id && t.Rule == found.Name).ExecuteDeleteAsync(cancel), cancel);

    private async Task<IResult> Change(ProjectScope scope, string app, string rule, Func<Guid, AlertRule, Task<int>> change, CancellationToken cancel)
    {
        // Locked, so that it is there when its settings are stored.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (await AppLookup.Lock(db, scope.Project, app, cancel) is not { } row)
        {
            return Problems.NoSuchApp(app);
        }

        if (AlertRules.Find(rule) is not { } found)
        {
            return Problems.NotFound($"There is no rule '{Problems.Shown(rule)}'.");
        }

        await change(row.Id, found);
        await transaction.CommitAsync(cancel);
        return TypedResults.Ok((await queries.RulesOf(row.Id, cancel)).Single(r => r.Rule == found.Name));
    }

    private static Task<IResult> Wrong(string field, string sentence) => Task.FromResult<IResult>(Problems.BadField(field, sentence));
}
