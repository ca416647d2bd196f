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

    /// <summary>Locks all projects of which somebody is a creator; answers the names of those that have no other one.</summary>
    public static async Task<IReadOnlyList<string>> Orphaned(SlipwayDb db, Guid user, CancellationToken cancel)
    {
        var projects = await db.Projects.FromSql(
            $"SELECT p.* FROM projects p JOIN collaborators c ON c.project_id = p.id WHERE c.user_id = {user} AND c.role = 'Creator' AND p.deleted_at IS NULL ORDER BY p.id FOR UPDATE OF p")
            .AsNoTracking().ToListAsync(cancel);
        var orphaned = new List<string>();
        foreach (var project in projects)
        {
            if (!await HasAnother(db, project.Id, user, cancel))
            {
                orphaned.Add(project.Name);
            }
        }

        return orphaned;
    }
}
