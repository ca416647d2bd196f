using Slipway.Contracts;

namespace Slipway.Web.Live;

/// <summary>The projects of the person who looks, for the navigation; pages that change them say so.</summary>
sealed class ProjectList(SlipwayClient api)
{
    /// <summary>How many the navigation shows; the projects page shows all.</summary>
    public const int Shown = 50;

    private readonly Dictionary<string, Role> roles = [];

    public IReadOnlyList<ProjectView> Projects { get; private set; } = [];

    /// <summary>How many there are in all.</summary>
    public int Total { get; private set; }

    public event EventHandler? Changed;

    /// <summary>The person's role in a project, as it was last seen; null where it was not.</summary>
    public Role? RoleIn(string project) => roles.TryGetValue(project, out var role) ? role : null;

    /// <summary>A page has just asked for this project.</summary>
    public void Saw(ProjectView project)
    {
        if (RoleIn(project.Name) != project.Role)
        {
            roles[project.Name] = project.Role;
            Changed?.Invoke(this, EventArgs.Empty);
        }
    }

    /// <summary>Asks again. Throws <see cref="SlipwayApiException"/> where the API says no.</summary>
    public async Task Reload(CancellationToken cancel)
    {
        var page = await api.Projects(new() { Limit = Shown }, cancel);
        (Projects, Total) = (page.Items, page.Total);
        foreach (var project in page.Items)
        {
            roles[project.Name] = project.Role;
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }
}
