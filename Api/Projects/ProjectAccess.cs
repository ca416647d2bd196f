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
    /// <summary>Whether they are an administrator of the platform who is not in the project.</summary>
    public bool IsVisiting { get; init; }

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

    public static void AddProjectAccess(this IServiceCollection services)
    {
        services.AddSingleton<Arrivals>();
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<ProjectScope>()
            ?? throw new InvalidOperationException("The endpoint is about no project: it must declare what it needs there."));
    }

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

    /// <summary>Whose session it is; null where it has ended or the account is disabled. What they are in the request's project, if it is about one, is kept for <see cref="Refuse"/>.</summary>
    public static async Task<CurrentUser?> OfSession(HttpContext context, SlipwayDb db, Guid session, DateTimeOffset now)
    {
        if (context.GetEndpoint() is not { } endpoint || EndpointAccess.Of(endpoint) is not { Audience: Audience.Collaborator }
            || context.Request.RouteValues["project"] is not string name || NameRules.ExplainProject(name) is not null)
        {
            return await CurrentUser.OfSession(db, session, now);
        }

        var arrival = await context.RequestServices.GetRequiredService<Arrivals>().Of(context, endpoint, session, name, now);
        context.Features.Set(arrival);
        return arrival?.User;
    }

    /// <summary>The user's scope in a project; null where there is no such project for them.</summary>
    public static async Task<ProjectScope?> Find(SlipwayDb db, string project, CurrentUser user, CancellationToken cancel)
    {
        // A name that cannot be one is not looked up: PostgreSQL refuses some of what a URL can carry.
        if (NameRules.ExplainProject(project) is not null)
        {
            return null;
        }

        cancel.ThrowIfCancellationRequested();
        return await RowAndRole(db, project, user.Id) is { } found ? Scope(found.Project, found.Role, user) : null;
    }

    private static ProjectScope? Scope(ProjectRow project, Role? given, CurrentUser user)
    {
        if (user.Token is { ProjectId: { } only } && only != project.Id)
        {
            return null;
        }

        // Administrators see all projects, in person: a program of theirs has what they were given like everybody else.
        var role = given ?? (user is { IsAdministrator: true, Token: null } ? Role.Viewer : null);
        return role is { } theirs ? new(project, user.Token is { Role: var most } && most < theirs ? most : theirs, user) { IsVisiting = given is null } : null;
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
        var found = context.Features.Get<Arrival>() is { } arrival
            ? arrival.Project is { } project ? Scope(project, arrival.Role, user) : null
            : await Find(context.RequestServices.GetRequiredService<SlipwayDb>(), name, user, context.RequestAborted);
        if (found is not { } scope)
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
