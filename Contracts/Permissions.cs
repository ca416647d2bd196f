namespace Slipway.Contracts;

/// <summary>Something that a person may or may not do in a project. <see cref="RoleTable"/> says who may.</summary>
public enum Permission
{
    /// <summary>See the project, its apps, their status, releases, pods and timeline; never a secret value.</summary>
    ViewProject,

    /// <summary>Read what the apps write.</summary>
    ReadLogs,

    /// <summary>Deploy a new app, change one, roll one back.</summary>
    DeployApp,

    /// <summary>Restart, stop and start apps.</summary>
    RunApp,

    /// <summary>Delete apps.</summary>
    DeleteApp,

    /// <summary>Silence alerts, and change what they are raised at.</summary>
    ManageAlerts,

    /// <summary>Say who is told what, and see what could not be delivered.</summary>
    ManageNotifications,

    /// <summary>Sign the project in to registries of private images, and out.</summary>
    ManageRegistries,

    /// <summary>Add, change and remove collaborators and invitations.</summary>
    ManageCollaborators,

    /// <summary>Read who did what in the project.</summary>
    ReadAudit,

    /// <summary>Delete the project.</summary>
    DeleteProject,
}

/// <summary>A line of the table: a permission, what it is in words, and the least role that has it.</summary>
public sealed record PermissionRule(Permission Permission, Role Least, string Words);

/// <summary>
/// Who may do what in a project. The one source: the API checks it, the portal shows and hides by it, the documentation is made from it.
/// </summary>
public static class RoleTable
{
    /// <summary>Every permission, once.</summary>
    public static IReadOnlyList<PermissionRule> Rules { get; } =
    [
        new(Permission.ViewProject, Role.Viewer, "See the project, its apps, their status, releases and timeline"),
        new(Permission.ReadLogs, Role.Viewer, "Read the apps' logs"),
        new(Permission.DeployApp, Role.Editor, "Deploy, change and roll back apps"),
        new(Permission.RunApp, Role.Editor, "Restart, stop and start apps"),
        new(Permission.DeleteApp, Role.Editor, "Delete apps"),
        new(Permission.ManageAlerts, Role.Editor, "Silence alerts and change their thresholds"),
        new(Permission.ManageNotifications, Role.Creator, "Say who is told what"),
        new(Permission.ManageRegistries, Role.Creator, "Sign in to registries of private images"),
        new(Permission.ManageCollaborators, Role.Creator, "Add, change and remove collaborators"),
        new(Permission.ReadAudit, Role.Creator, "Read who did what"),
        new(Permission.DeleteProject, Role.Creator, "Delete the project"),
    ];

    /// <summary>The least role that has a permission.</summary>
    public static Role Least(Permission permission) => Rules.Single(r => r.Permission == permission).Least;

    /// <summary>Whether a role has a permission: each role has all that the ones before it have.</summary>
    public static bool May(this Role role, Permission permission) => role >= Least(permission);
}
