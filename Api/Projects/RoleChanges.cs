using Slipway.Api.Notifications;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>Tells that who is in a project, or what they may do there, has changed.</summary>
static class RoleChanges
{
    /// <summary>In the transaction that <paramref name="db"/> has open.</summary>
    public static Task Tell(SlipwayDb db, ProjectRow project, string sentence, DateTimeOffset now, CancellationToken cancel) =>
        Outbox.Store(db, new(project.Id, $"role:{Guid.NewGuid():N}", NotifiedEvent.RoleChanges, "changed", null, null, $"Collaborators of {project.Name}", sentence, now), cancel);

    public static string Word(Role role) => role.ToString().ToLowerInvariant();
}
