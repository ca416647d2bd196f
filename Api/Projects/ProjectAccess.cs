using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Projects;

/// <summary>The project that a request is about, and what its user may do there: read from the database at every request.</summary>
/// <param name="Role">The user's; where they come with an access token, at most the token's.</param>
public sealed record ProjectScope(ProjectRow Project, Role Role, CurrentUser User)
{
    /// <summary>Whether the role, and the access token if there is one, permit it.</summary>
    public bool May(Permission permission) => Role.May(permission) && User.Token?.Leaves(permission) is null or true;
}

/// <summary>
/// Who gets in, by what each endpoint declares (<see cref="EndpointAccess"/>): strangers get 404 for everything in a project, collaborators
/// 403 for what their role may not do.
/// </summary>
static class ProjectAccess
{
    // Compiled, because nearly every request asks it.
    private static readonly Func<SlipwayDb, string, Guid, Task<Found?>> RowAndRole = EF.CompileAsyncQuery((SlipwayDb db, string name, Guid userId) =>
        (from row in db.Projects.AsNoTracking()
         where row.Name == name && row.DeletedAt == null && row.NamespaceUid != null
         select new Found(row, db.Collaborators.Where(c => c.ProjectId == row.Id && c.UserId == userId).Select(c => (Role?)c.Role).FirstOrDefault())).FirstOrDefault());

    private sealed record Found(ProjectRow Project, Role? Role);

    public static void AddProjectAccess(this IServiceCollection services) =>
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<ProjectScope>()
            ?? throw new InvalidOperationException("The endpoint is about no project: it must declare what it needs there."));

    /// <summary>Runs before parameters are bound, so that what a stranger sends is not even looked at.</summary>
    public static void UseEndpointAccess(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint() is { } endpoint && EndpointAccess.Of(endpoint) is { Audience: not (Audience.Anyone or Audience.Alertmanager or Audience.Scraper) } access
            && await Refuse(context, access) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        await next(context);
    });

    /// <summary>The user's scope in a project; null where there is no such project for them.</summary>
    public static async Task<ProjectScope?> Find(SlipwayDb db, string project, CurrentUser user, CancellationToken cancel)
    {
        // A name that cannot be one is not looked up: PostgreSQL refuses some of what a URL can carry.
        if (NameRules.ExplainProject(project) is not null)
        {
            return null;
        }

        cancel.ThrowIfCancellationRequested();
        var found = await RowAndRole(db, project, user.Id);
        if (found is null || (user.Token is { ProjectId: { } only } && only != found.Project.Id))
        {
            return null;
        }

        // Administrators see all projects, in person: a program of theirs has what they were given like everybody else.
        var role = found.Role ?? (user is { IsAdministrator: true, Token: null } ? Role.Viewer : null);
        return role is { } theirs ? new(found.Project, user.Token is { Role: var most } && most < theirs ? most : theirs, user) : null;
    }

    private static async Task<IResult?> Refuse(HttpContext context, EndpointAccess access)
    {
        var user = context.Features.GetRequiredFeature<CurrentUser>();
        switch (access.Audience)
        {
            case Audience.User:
                return access.Permission is { } needed && user.Token?.Leaves(needed) is false ? NotForThat(needed) : null;
            case Audience.Person or Audience.Administrator when user.Token is not null:
                return NotByToken();
            case Audience.Administrator when !user.IsAdministrator:
                return Problems.Forbidden("This is for administrators of the platform.");
            case Audience.Person or Audience.Administrator:
                return null;
        }

        var name = (string)context.Request.RouteValues["project"]!;
        var permission = access.Permission!.Value;
        if (await Find(context.RequestServices.GetRequiredService<SlipwayDb>(), name, user, context.RequestAborted) is not { } scope)
        {
            return Problems.NotFound($"There is no project '{Problems.Shown(name)}', or you are not in it.");
        }

        context.Features.Set(scope);
        return scope switch
        {
            _ when access.OnlyPersons && user.Token is not null => NotByToken(),
            _ when scope.May(permission) => null,
            _ when scope.Role.May(permission) => NotForThat(permission),
            _ => Problems.Forbidden($"This needs the role '{Word(RoleTable.Least(permission))}' in '{scope.Project.Name}'; yours is '{Word(scope.Role)}'."),
        };

        static IResult NotForThat(Permission permission) => Problems.Forbidden("This access token is not for that.", $"It takes the action '{Word(permission)}'.");

        static IResult NotByToken() => Problems.Forbidden("An access token cannot do this.", "Sign in with your password.");

        static string Word<T>(T value)
            where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
    }
}
