using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>The project that a request is about, and what its user may do there: read from the database at every request.</summary>
public sealed record ProjectScope(ProjectRow Project, Role Role, CurrentUser User);

/// <summary>Who gets in: strangers get 404 for everything in a project, collaborators 403 for what their role may not do.</summary>
static class ProjectAccess
{
    private sealed record RequiredRole(Role Role);

    /// <summary>The endpoint's route has a <c>{project}</c>, and its user needs at least this role there.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredRole(role));

    public static void AddProjectAccess(this IServiceCollection services) =>
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<ProjectScope>()
            ?? throw new InvalidOperationException("The endpoint is about no project: it must call RequireRole."));

    /// <summary>Runs before parameters are bound, so that what a stranger sends is not even looked at.</summary>
    public static void UseProjectAccess(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>() is not { } required)
        {
            await next(context);
            return;
        }

        var name = (string)context.Request.RouteValues["project"]!;
        var user = context.Features.GetRequiredFeature<CurrentUser>();
        var scope = await Find(context.RequestServices.GetRequiredService<SlipwayDb>(), name, user, context.RequestAborted);
        if (scope is null)
        {
            await Problems.NotFound($"There is no project '{Problems.Shown(name)}', or you are not in it.").ExecuteAsync(context);
        }
        else if (scope.Role < required.Role)
        {
            await TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden,
                title: $"This needs the role '{required.Role.ToString().ToLowerInvariant()}' in '{scope.Project.Name}'; yours is '{scope.Role.ToString().ToLowerInvariant()}'.")
                .ExecuteAsync(context);
        }
        else
        {
            context.Features.Set(scope);
            await next(context);
        }
    });

    /// <summary>The user's scope in a project; null where there is no such project for them.</summary>
    public static async Task<ProjectScope?> Find(SlipwayDb db, string project, CurrentUser user, CancellationToken cancel)
    {
        // A name that cannot be one is not looked up: PostgreSQL refuses some of what a URL can carry.
        if (NameRules.ExplainProject(project) is not null)
        {
            return null;
        }

        var found = await (from row in db.Projects.AsNoTracking()
                           join collaborator in db.Collaborators on row.Id equals collaborator.ProjectId
                           where row.Name == project && row.DeletedAt == null && row.NamespaceUid != null && collaborator.UserId == user.Id
                           select new { row, collaborator.Role }).FirstOrDefaultAsync(cancel);
        return found is null ? null : new(found.row, found.Role, user);
    }
}
