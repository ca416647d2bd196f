namespace Slipway.Contracts;

/// <summary>What a collaborator may do in a project: each role may do all that the ones before it may.</summary>
public enum Role
{
    /// <summary>Reads: status, logs, events; never secret values.</summary>
    Viewer,

    /// <summary>Also deploys, changes, restarts, stops, rolls back and deletes apps.</summary>
    Editor,

    /// <summary>Also manages collaborators and deletes the project.</summary>
    Creator,
}

/// <summary>Makes a project and its namespace.</summary>
/// <param name="Name">See <see cref="NameRules.ExplainProject"/>.</param>
public sealed record CreateProject(string Name);

/// <summary>A team's space: one Kubernetes namespace of the same name.</summary>
/// <param name="Name">Its name, and its namespace's.</param>
/// <param name="Role">What the asker may do in it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Apps">How many apps are in it, by state; a state that no app is in is left out.</param>
public sealed record ProjectView(string Name, Role Role, DateTimeOffset CreatedAt, IReadOnlyDictionary<AppState, int> Apps)
{
    /// <summary>How many apps are in it.</summary>
    public int AppCount => Apps.Values.Sum();

    /// <summary>Whether they see it as an administrator of the platform, without being in it.</summary>
    public bool Visiting { get; init; }
}
