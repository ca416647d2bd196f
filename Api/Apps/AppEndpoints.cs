using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>The routes under /api/projects/{project}/apps.</summary>
static class AppEndpoints
{
    public static void MapApps(this IEndpointRouteBuilder routes)
    {
        var apps = routes.MapGroup("/api/projects/{project}/apps").WithTags("Apps");
        apps.MapGet("", List).Needs(Permission.ViewProject).WithMetadata(new AppPage.Ahead()).WithSummary("The project's apps");
        apps.MapPost("", Create).Needs(Permission.DeployApp).Audited("app.deploy").WithSummary("Deploy an image as a new app");
        apps.MapGet("{app}", Get).Needs(Permission.ViewProject).WithSummary("One app");
        apps.MapPatch("{app}", Patch).Needs(Permission.DeployApp).Audited("app.change").WithSummary("Change an app: a new release");
        apps.MapDelete("{app}", Delete).Needs(Permission.DeleteApp).Audited("app.delete").WithSummary("Delete an app and all it runs");
        apps.MapPost("{app}/restart", Restart).Needs(Permission.RunApp).Audited("app.restart").WithSummary("Replace all replicas by fresh ones, without a gap");
        apps.MapPost("{app}/stop", Stop).Needs(Permission.RunApp).Audited("app.stop").WithSummary("Run no replica until it is started again");
        apps.MapPost("{app}/start", Start).Needs(Permission.RunApp).Audited("app.start").WithSummary("Run a stopped app again");
    }

    static async Task<Results<Ok<Page<AppView>>, ProblemHttpResult>> List(
        [AsParameters] PageParameters page, ProjectScope scope, AppService apps, HttpContext context, CancellationToken cancel) =>
        page.Refuse("name", "createdAt", "updatedAt") is { } refusal ? refusal
            : TypedResults.Ok(await apps.List(scope, page, context.Features.Get<AppPage>(), cancel));

    static async Task<Results<Created<AppView>, ProblemHttpResult>> Create(CreateApp request, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        AppRules.Check(request) is { Count: > 0 } errors ? Problems.Invalid(errors) : await apps.Create(scope, request, cancel);

    static async Task<Results<Ok<AppView>, ProblemHttpResult>> Get(string app, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        await apps.Find(scope, app, cancel) is { } view ? TypedResults.Ok(view) : Problems.NoSuchApp(app);

    static Task<Results<Ok<AppView>, ProblemHttpResult>> Patch(string app, PatchApp patch, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        apps.Patch(scope, app, patch, cancel);

    static Task<Results<Accepted<AppView>, ProblemHttpResult>> Delete(string app, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        apps.Delete(scope, app, cancel);

    static Task<Results<Ok<AppView>, ProblemHttpResult>> Restart(string app, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        apps.Do(AppAction.Restart, scope, app, cancel);

    static Task<Results<Ok<AppView>, ProblemHttpResult>> Stop(string app, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        apps.Do(AppAction.Stop, scope, app, cancel);

    static Task<Results<Ok<AppView>, ProblemHttpResult>> Start(string app, ProjectScope scope, AppService apps, CancellationToken cancel) =>
        apps.Do(AppAction.Start, scope, app, cancel);
}
