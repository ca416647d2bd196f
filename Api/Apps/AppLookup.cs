using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>Finds an app by its project and its name.</summary>
public static class AppLookup
{
    /// <summary>The app, not tracked; null where the project has none of this name.</summary>
    public static async Task<AppRow?> Find(SlipwayDb db, ProjectRow project, string name, CancellationToken cancel) =>
        NameRules.ExplainApp(name) is not null ? null
            : await db.Apps.AsNoTracking().SingleOrDefaultAsync(a => a.ProjectId == project.Id && a.Name == name, cancel);

    /// <summary>The app, tracked and locked until the transaction ends, so that changes of one app come one after another.</summary>
    public static async Task<AppRow?> Lock(SlipwayDb db, ProjectRow project, string name, CancellationToken cancel) =>
        NameRules.ExplainApp(name) is not null ? null
            : await db.Apps.FromSql($"SELECT * FROM apps WHERE project_id = {project.Id} AND name = {name} FOR UPDATE").SingleOrDefaultAsync(cancel);
}
