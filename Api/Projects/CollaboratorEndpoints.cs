using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>The routes under /api/projects/{project}/collaborators, and those to come in and to leave.</summary>
static class CollaboratorEndpoints
{
    public static void MapCollaborators(this IEndpointRouteBuilder routes)
    {
        var collaborators = routes.MapGroup("/api/projects/{project}/collaborators").WithTags("Collaborators");
        collaborators.MapGet("", List).Needs(Permission.ViewProject).WithSummary("Who is in the project, or invited to it").Produces<Page<CollaboratorView>>();
        collaborators.MapPut("{email}", Put).Needs(Permission.ManageCollaborators).Audited("collaborator.put")
            .WithSummary("Add or invite somebody, or change their role").Produces<CollaboratorView>().ProducesProblem(409);
        collaborators.MapDelete("{email}", Remove).Needs(Permission.ManageCollaborators).Audited("collaborator.remove")
            .WithSummary("Remove somebody, or withdraw their invitation").Produces(204).ProducesProblem(409);
        routes.MapPost("/api/projects/{project}/leave", Leave).Needs(Permission.ViewProject, onlyPersons: true).Audited("collaborator.leave")
            .WithTags("Collaborators").WithSummary("Leave the project").Produces(204).ProducesProblem(409);
        routes.MapPost("/api/account/invitations/accept", Accept).ForPersons().Audited("invitation.accept").RequireRateLimiting(AccountLimits.PerAddress)
            .WithTags("Collaborators").WithSummary("Accept an invitation to your address").Produces<ProjectView>();
    }

    static async Task<IResult> List([AsParameters] PageParameters page, ProjectScope scope, Collaborators collaborators, CancellationToken cancel)
    {
        if (page.Refuse("email", "role", "since") is { } refusal)
        {
            return refusal;
        }

        var all = (await collaborators.List(scope, cancel)).Where(c => page.Search is null || c.Email.Contains(page.Search, StringComparison.OrdinalIgnoreCase));
        return TypedResults.Ok(page.Of([.. page.Sort switch
        {
            "-email" => all.OrderByDescending(c => c.Email, StringComparer.OrdinalIgnoreCase),
            "role" => all.OrderBy(c => c.Role).ThenBy(c => c.Email, StringComparer.OrdinalIgnoreCase),
            "-role" => all.OrderByDescending(c => c.Role).ThenBy(c => c.Email, StringComparer.OrdinalIgnoreCase),
            "since" => all.OrderBy(c => c.Since),
            "-since" => all.OrderByDescending(c => c.Since),
            _ => all.OrderBy(c => c.Email, StringComparer.OrdinalIgnoreCase),
        }]));
    }

    static async Task<IResult> Put(string email, PutCollaborator request, ProjectScope scope, Collaborators collaborators, CancellationToken cancel) =>
        Passwords.ExplainEmail(email) is { } wrong ? Problems.BadField("email", wrong)
        : request.Version is < 0 ? Problems.BadField("version", "A version is 0 or more.")
        : await collaborators.Put(scope, email, request, cancel);

    static Task<IResult> Remove(string email, ProjectScope scope, Collaborators collaborators, CancellationToken cancel) =>
        Passwords.ExplainEmail(email) is null ? collaborators.Remove(scope, email, cancel) : Task.FromResult<IResult>(Collaborators.NotIn(email));

    static Task<IResult> Leave(ProjectScope scope, Collaborators collaborators, CancellationToken cancel) => collaborators.Remove(scope, scope.User.Email, cancel);

    static Task<IResult> Accept(AcceptInvitation request, CurrentUser user, Invitations invitations, CancellationToken cancel) =>
        invitations.Accept(request.Code, user, cancel);
}
