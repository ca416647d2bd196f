using Microsoft.EntityFrameworkCore;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Notifications;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Alerts;

/// <summary>
/// Takes what Alertmanager tells. It tells the same again and again, in parts, late, and after restarts: what is stored is what the last
/// message says, and people are told only where that changes something. State, history and what is to be told are one transaction.
/// </summary>
sealed class AlertIntake(SlipwayDb db, NotificationSignal signal, TimeProvider time)
{
    // Any fixed number: messages are taken one after the other, also by several replicas.
    private const long TakingLock = 0x5_11_B_A_2;

    // What Alertmanager says of a thing, in the order in which it can stand for what exactly is in trouble.
    private static readonly string[] Subjects = ["pod", "kind", "instance", "job"];

    public async Task Take(AlertmanagerMessage message, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({TakingLock})", cancel);
        var now = time.GetUtcNow();
        foreach (var alert in message.Alerts)
        {
            await Take(alert, now, cancel);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        signal.Set();
    }

    /// <summary>
    /// Ends what is open and was not spoken of since <paramref name="heard"/>. Alertmanager repeats what goes on, so it knows nothing of
    /// these any more: its data was lost, or the app's labels are others now.
    /// </summary>
    public async Task Forget(DateTimeOffset heard, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({TakingLock})", cancel);
        var now = time.GetUtcNow();
        foreach (var row in await db.Alerts.Where(a => a.EndedAt == null && a.SeenAt < heard).ToListAsync(cancel))
        {
            row.EndedAt = row.SeenAt > row.StartedAt ? row.SeenAt : row.StartedAt;
            await db.SaveChangesAsync(cancel);
            var project = await db.Projects.AsNoTracking().Where(p => p.Id == row.ProjectId).Select(p => new Named(p.Id, p.Name)).SingleOrDefaultAsync(cancel);
            var app = await db.Apps.AsNoTracking().Where(a => a.Id == row.AppId).Select(a => new Named(a.Id, a.Name)).SingleOrDefaultAsync(cancel);
            await Tell(row, new(project, app), now, cancel, AlertText.Unheard(now - row.SeenAt));
        }

        await transaction.CommitAsync(cancel);
        signal.Set();
    }

    private async Task Take(AlertmanagerAlert alert, DateTimeOffset now, CancellationToken cancel)
    {
        if (alert.Label("alertname") is not { } rule || await Place(alert, cancel) is not { } place)
        {
            return;
        }

        var started = Known(alert.StartsAt) ? alert.StartsAt.ToUniversalTime() : now;
        // Prometheus forgets when an alert began when it is started anew: as long as it is open, it is the same one.
        var row = await Find(a => a.Fingerprint == alert.Fingerprint && a.EndedAt == null, cancel)
            ?? await Find(a => a.Fingerprint == alert.Fingerprint && a.StartedAt == started, cancel);
        if (row is null)
        {
            row = new()
            {
                Id = Guid.CreateVersion7(now),
                Fingerprint = alert.Fingerprint,
                StartedAt = started,
                EndedAt = alert.IsFiring ? null : End(alert, started, now),
                SeenAt = now,
                Rule = rule,
                Severity = alert.Label("severity") is "critical" ? AlertSeverity.Critical : AlertSeverity.Warning,
                ProjectId = place.Project?.Id,
                AppId = place.App?.Id,
                Subject = Subjects.Select(alert.Label).FirstOrDefault(s => s is not null),
                Summary = alert.Annotation("summary"),
                Advice = alert.Annotation("advice"),
            };
            db.Alerts.Add(row);
        }
        else if (alert.IsFiring)
        {
            (row.EndedAt, row.SeenAt, row.Summary, row.Advice) = (null, now, alert.Annotation("summary"), alert.Annotation("advice"));
        }
        else
        {
            row.EndedAt ??= End(alert, row.StartedAt, now);
        }

        await db.SaveChangesAsync(cancel);
        await Tell(row, place, now, cancel);
    }

    private async Task Tell(AlertRow row, Where place, DateTimeOffset now, CancellationToken cancel, string? why = null)
    {
        var isOpen = row.EndedAt is null;
        if (place.Project is not { } project || isOpen == (row.Told % 2 == 1))
        {
            return;
        }

        var silenced = place.App is { } app && await db.Silences.AnyAsync(s => s.AppId == app.Id && s.Rule == row.Rule && s.Until > now, cancel);
        if (silenced && isOpen)
        {
            // Should the silence end before the alert does, the next message of Alertmanager is told.
            return;
        }

        row.Told++;
        await db.SaveChangesAsync(cancel);
        if (!silenced)
        {
            await Outbox.Store(db, AlertText.Note(row, project.Id, place.App?.Name ?? project.Name, place.App?.Name, now, why), cancel);
        }

        if (place.App is { } changed)
        {
            await AppChanges.Announce(db, project.Id, changed.Id, cancel);
        }
    }

    private Task<AlertRow?> Find(System.Linq.Expressions.Expression<Func<AlertRow, bool>> which, CancellationToken cancel) => db.Alerts.FirstOrDefaultAsync(which, cancel);

    // What is about a project or an app that is no more is passed over.
    private async Task<Where?> Place(AlertmanagerAlert alert, CancellationToken cancel)
    {
        if (alert.Label("project") is not { } projectName)
        {
            return new(null, null);
        }

        var project = await db.Projects.AsNoTracking().Where(p => p.Name == projectName).Select(p => new Named(p.Id, p.Name)).SingleOrDefaultAsync(cancel);
        if (project is null || alert.Label("app") is not { } appName)
        {
            return project is null ? null : new(project, null);
        }

        var app = await db.Apps.AsNoTracking().Where(a => a.ProjectId == project.Id && a.Name == appName).Select(a => new Named(a.Id, a.Name)).SingleOrDefaultAsync(cancel);
        return app is null ? null : new(project, app);
    }

    private static bool Known(DateTimeOffset at) => at.Year > 1970;

    private static DateTimeOffset End(AlertmanagerAlert alert, DateTimeOffset started, DateTimeOffset now)
    {
        var end = Known(alert.EndsAt) && alert.EndsAt < now ? alert.EndsAt.ToUniversalTime() : now;
        return end > started ? end : started;
    }

    private sealed record Named(Guid Id, string Name);

    private sealed record Where(Named? Project, Named? App);
}
