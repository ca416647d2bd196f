using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>Puts together what is wanted (the database) and what is (the watch cache). It never calls the cluster.</summary>
public sealed class AppViews(SlipwayDb db, ClusterState cluster, IOptions<ExposureOptions> exposure, TimeProvider time)
{
    private static readonly byte[] Nothing = [];

    /// <summary>An app with its newest release.</summary>
    public sealed record Row
    {
        // Set by name, so that a query can look through it.
        public required AppRow App { get; init; }

        public required ReleaseRow Release { get; init; }
    }

    /// <summary>Apps with their newest releases, in the order of <paramref name="apps"/>.</summary>
    public async Task<IReadOnlyList<Row>> Read(IQueryable<AppRow> apps, CancellationToken cancel) =>
        await (from app in apps.AsNoTracking()
               join release in db.Releases on new { AppId = app.Id, Number = app.Release } equals new { release.AppId, release.Number }
               select new Row
               {
                   App = app,
                   // Without the environment, which may be large and is not shown.
                   Release = new ReleaseRow
                   {
                       AppId = release.AppId,
                       Number = release.Number,
                       Spec = release.Spec,
                       Author = release.Author,
                       Reason = release.Reason,
                       CreatedAt = release.CreatedAt,
                       Environment = Nothing,
                   },
               }).ToListAsync(cancel);

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
