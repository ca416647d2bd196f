namespace Slipway.Tests.Api;

/// <summary>A route of the API as the design's table has it.</summary>
/// <param name="Template">With <c>{project}</c>, <c>{app}</c>, <c>{number}</c> and <c>{registry}</c>.</param>
/// <param name="Body">A body that is right; null where it takes none.</param>
public sealed record Route(string Method, string Template, string? Body = null)
{
    public string At(string project, string app, string number = "1") => Template
        .Replace("{project}", project, StringComparison.Ordinal)
        .Replace("{app}", app, StringComparison.Ordinal)
        .Replace("{number}", number, StringComparison.Ordinal)
        .Replace("{registry}", "ghcr.io", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Template}";
}

/// <summary>Every route of the API.</summary>
public static class Routes
{
    public static IReadOnlyList<Route> Account { get; } =
    [
        new("POST", "/api/account/register", """{"email":"somebody@example.com","password":"long enough"}"""),
        new("POST", "/api/account/login", """{"email":"somebody@example.com","password":"long enough"}"""),
        new("POST", "/api/account/refresh", """{"refreshToken":"x.y"}"""),
    ];

    public static IReadOnlyList<Route> SignedIn { get; } =
    [
        new("POST", "/api/account/logout"),
        new("GET", "/api/me"),
        new("GET", "/api/projects"),
        new("POST", "/api/projects", """{"name":"t-made-up-project"}"""),
    ];

    public static IReadOnlyList<Route> OfProject { get; } =
    [
        new("GET", "/api/projects/{project}"),
        new("DELETE", "/api/projects/{project}"),
        new("GET", "/api/projects/{project}/events"),
        new("GET", "/api/projects/{project}/metrics"),
        new("GET", "/api/projects/{project}/apps"),
        new("POST", "/api/projects/{project}/apps", """{"name":"shop","image":"nginx:1.27","port":80}"""),
        new("GET", "/api/projects/{project}/alerts"),
        new("GET", "/api/projects/{project}/notifications/channels"),
        new("POST", "/api/projects/{project}/notifications/channels", """{"name":"Team","kind":"slack","events":["alerts"],"url":"https://example.com/hook"}"""),
        new("GET", "/api/projects/{project}/notifications/deliveries"),
        new("GET", "/api/projects/{project}/registries"),
        new("PUT", "/api/projects/{project}/registries/{registry}", """{"username":"somebody","password":"x"}"""),
        new("DELETE", "/api/projects/{project}/registries/{registry}"),
    ];

    public static IReadOnlyList<Route> OfApp { get; } =
    [
        new("GET", "/api/projects/{project}/apps/{app}"),
        new("PATCH", "/api/projects/{project}/apps/{app}", """{"replicas":2}"""),
        new("DELETE", "/api/projects/{project}/apps/{app}"),
        new("POST", "/api/projects/{project}/apps/{app}/restart"),
        new("POST", "/api/projects/{project}/apps/{app}/stop"),
        new("POST", "/api/projects/{project}/apps/{app}/start"),
        new("GET", "/api/projects/{project}/apps/{app}/releases"),
        new("POST", "/api/projects/{project}/apps/{app}/releases/{number}/rollback"),
        new("GET", "/api/projects/{project}/apps/{app}/pods"),
        new("GET", "/api/projects/{project}/apps/{app}/events"),
        new("GET", "/api/projects/{project}/apps/{app}/logs"),
        new("GET", "/api/projects/{project}/apps/{app}/metrics"),
        new("GET", "/api/projects/{project}/apps/{app}/links"),
        new("GET", "/api/projects/{project}/apps/{app}/crashes"),
        new("GET", "/api/projects/{project}/apps/{app}/alerts"),
        new("GET", "/api/projects/{project}/apps/{app}/alert-rules"),
    ];

    public static IReadOnlyList<Route> InProject { get; } = [.. OfProject, .. OfApp];

    public static IReadOnlyList<Route> All { get; } = [.. Account, .. SignedIn, .. InProject];
}
