using Microsoft.AspNetCore.Http.HttpResults;
using Slipway.Api.Accounts;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>The routes under /api/projects.</summary>
static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var projects = routes.MapGroup("/api/projects").WithTags("Projects");
        projects.MapGet("", List).ForUsers(tokensNeed: Permission.ViewProject).WithSummary("The projects that you are in");
        projects.MapPost("", Create).ForUsers().Audited(AuditTrail.ProjectMade).WithSummary("Make a project and its namespace")
            .Produces<ProjectView>(StatusCodes.Status201Created).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503);
        projects.MapGet("{project}", Get).Needs(Permission.ViewProject).WithSummary("One project");
        projects.MapDelete("{project}", Delete).Needs(Permission.DeleteProject).Audited("project.delete").WithSummary("Delete an empty project and its namespace");
    }

    static async Task<Results<Ok<Page<ProjectView>>, ProblemHttpResult>> List(
        [AsParameters] PageParameters page, CurrentUser user, ProjectService projects, CancellationToken cancel) =>
        page.Refuse("name", "createdAt") is { } refusal ? refusal
        : TypedResults.Ok(await projects.List(user, page, cancel));

    static async Task<IResult> Create(CreateProject request, CurrentUser user, ProjectService projects, CancellationToken cancel) =>
        user.Token is { } token && !(token.IsWide && token.Role is Role.Creator) ? Problems.Forbidden("This access token cannot make projects.", "It takes one for all projects, with the role 'creator' and all actions.")
        : NameRules.ExplainProject(request.Name) is { } wrong ? Problems.BadField("name", wrong)
        : await projects.Create(request.Name, user, cancel);

    static async Task<Ok<ProjectView>> Get(ProjectScope scope, ProjectService projects, CancellationToken cancel) =>
        TypedResults.Ok(await projects.View(scope, cancel));

    static Task<Results<NoContent, ProblemHttpResult>> Delete(ProjectScope scope, ProjectService projects, CancellationToken cancel) =>
        projects.Delete(scope, cancel);
}
