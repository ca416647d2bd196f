using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>Puts together what is wanted (the database) and what is (the watch cache). It never calls the cluster.</summary>
public sealed class AppViews(SlipwayDb db, NewestReleases newest, ClusterState cluster, IOptions<ExposureOptions> exposure, TimeProvider time)
{
    /// <summary>An app with its newest release.</summary>
    public sealed record Row(AppRow App, ReleaseRow Release);

    /// <summary>Apps with their newest releases, in the order of <paramref name="apps"/>.</summary>
    public async Task<IReadOnlyList<Row>> Read(IQueryable<AppRow> apps, CancellationToken cancel) =>
        await WithReleases(await apps.AsNoTracking().ToListAsync(cancel), cancel);

    /// <summary>The same of apps that were read already. One that has been deleted since is left out.</summary>
    public async Task<IReadOnlyList<Row>> WithReleases(IReadOnlyList<AppRow> apps, CancellationToken cancel)
    {
        var releases = await newest.Of(apps, db, cancel);
        var rows = new List<Row>(apps.Count);
        foreach (var app in apps)
        {
            if (releases.TryGetValue((app.Id, app.Release), out var release))
            {
                rows.Add(new(app, release));
            }
        }

        return rows;
    }

    /// <summary>An app as it may be shown.</summary>
    public AppView Of(string project, AppRow app, ReleaseRow release)
    {
        var desired = DesiredApp.From(project, app, release);
        var observed = cluster.Observe(app.Id);
        return new AppView
        {
            Project = project,
            Name = app.Name,
            Spec = Spec(release.Spec),
            Release = app.Release,
            Status = StatusRules.Derive(desired, observed, time.GetUtcNow()),
            Address = Exposure.Address(exposure.Value, desired, observed),
            InternalAddress = release.Spec.Port is null ? null : $"http://{app.Name}",
            CreatedAt = app.CreatedAt,
            UpdatedAt = app.UpdatedAt,
        };
    }

    /// <summary>A spec without what must not be shown.</summary>
    public static AppSpecView Spec(AppSpec spec) => new()
    {
        Image = spec.Image,
        Port = spec.Port,
        Replicas = spec.Replicas,
        Resources = spec.Resources,
        Command = spec.Command,
        Arguments = spec.Arguments,
        HealthPath = spec.HealthPath,
        Metrics = spec.Metrics,
        Environment = spec.Variables,
    };

    /// <summary>How many apps of each project are in which state, in one query for all of them.</summary>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyDictionary<AppState, int>>> States(IReadOnlyList<ProjectRow> projects, CancellationToken cancel)
    {
        var ids = projects.Select(p => p.Id).ToList();
        var names = projects.ToDictionary(p => p.Id, p => p.Name);
        var rows = await Read(db.Apps.Where(a => ids.Contains(a.ProjectId)), cancel);
        var now = time.GetUtcNow();
        var states = rows.ToLookup(row => row.App.ProjectId,
            row => StatusRules.Derive(DesiredApp.From(names[row.App.ProjectId], row.App, row.Release), cluster.Observe(row.App.Id), now).State);
        return ids.ToDictionary(id => id, id => (IReadOnlyDictionary<AppState, int>)states[id].CountBy(s => s).ToDictionary());
    }
}
