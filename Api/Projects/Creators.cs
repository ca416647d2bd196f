using Microsoft.EntityFrameworkCore;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>Keeps this true: a project always has a creator. Whoever changes who is in a project has its row locked until the change is committed.</summary>
static class Creators
{
    /// <summary>Locks a project; null where it is gone.</summary>
    public static async Task<ProjectRow?> Lock(SlipwayDb db, Guid project, CancellationToken cancel) =>
        await db.Projects.FromSql($"SELECT * FROM projects WHERE id = {project} FOR UPDATE").AsNoTracking().SingleOrDefaultAsync(cancel) is { DeletedAt: null } row ? row : null;

    /// <summary>Whether a locked project has a creator besides this one; somebody whose account is disabled is none that could do anything.</summary>
    public static Task<bool> HasAnother(SlipwayDb db, Guid project, Guid user, CancellationToken cancel) =>
        db.Collaborators.AnyAsync(c => c.ProjectId == project && c.UserId != user && c.Role == Role.Creator && db.Users.Any(u => u.Id == c.UserId && u.DisabledAt == null), cancel);

    /// <summary>The names of the projects that have no creator but this one. Who asks has the table of collaborators locked.</summary>
    public static async Task<IReadOnlyList<string>> Orphaned(SlipwayDb db, Guid user, CancellationToken cancel) =>
        await (from project in db.Projects
               where project.DeletedAt == null
                   && db.Collaborators.Any(c => c.ProjectId == project.Id && c.UserId == user && c.Role == Role.Creator)
                   && !db.Collaborators.Any(c => c.ProjectId == project.Id && c.UserId != user && c.Role == Role.Creator
                       && db.Users.Any(u => u.Id == c.UserId && u.DisabledAt == null))
               orderby project.Name
               select project.Name).ToListAsync(cancel);
}
