namespace Slipway.Web.Components;

/// <summary>The portal's own addresses.</summary>
static class Paths
{
    public const string Account = "/account", Tokens = "/account/tokens", Users = "/admin/users", AllProjects = "/admin/projects", AllAudit = "/admin/audit", PlatformAlerts = "/admin/alerts";

    public static string Project(string project) => $"/projects/{Uri.EscapeDataString(project)}";

    public static string Deploy(string project, string? image = null) =>
        $"{Project(project)}/deploy{(string.IsNullOrWhiteSpace(image) ? "" : $"?image={Uri.EscapeDataString(image.Trim())}")}";

    public static string App(string project, string app, string? tab = null) =>
        $"{Project(project)}/apps/{Uri.EscapeDataString(app)}{(tab is null ? "" : $"?tab={tab}")}";

    public static string Collaborators(string project) => $"{Project(project)}/collaborators";

    public static string Metrics(string project) => $"{Project(project)}/metrics";

    public static string Audit(string project) => $"{Project(project)}/audit";

    public static string Alerts(string project) => $"{Project(project)}/alerts";

    public static string Notifications(string project) => $"{Project(project)}/notifications";

    public static string Registries(string project) => $"{Project(project)}/registries";

    public static string Crash(string project, string app, Guid crash) => $"{App(project, app, "logs")}&crash={crash}";

    public static string Invitation(string code) => $"/invitation?code={Uri.EscapeDataString(code)}";
}
