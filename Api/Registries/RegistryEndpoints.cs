using Slipway.Api.Accounts;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Contracts;

namespace Slipway.Api.Registries;

/// <summary>The routes under /api/projects/{project}/registries.</summary>
static class RegistryEndpoints
{
    public static void MapRegistries(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/projects/{project}/registries").WithTags("Registries");
        group.MapGet("", List).Needs(Permission.ManageRegistries).WithSummary("The registries that the project is signed in to").Produces<Page<RegistryView>>();
        group.MapPut("{registry}", Put).Needs(Permission.ManageRegistries).Audited("registry.put")
            .WithSummary("Sign the project in to a registry; apps whose image could not be fetched from it try again").Produces<RegistryView>().ProducesProblem(409);
        group.MapDelete("{registry}", Delete).Needs(Permission.ManageRegistries).Audited("registry.delete")
            .WithSummary("Sign the project out of a registry; what runs goes on").Produces(204).ProducesProblem(404);
    }

    static async Task<IResult> List([AsParameters] PageParameters page, ProjectScope scope, ProjectRegistries registries, CancellationToken cancel) =>
        page.Refuse("host", "changedAt") is { } refusal ? refusal : TypedResults.Ok(await registries.List(scope, page, cancel));

    static async Task<IResult> Put(string registry, PutRegistry request, ProjectScope scope, ProjectRegistries registries, CancellationToken cancel) =>
        RegistryRules.Check(registry, request) is { Count: > 0 } errors ? Problems.Invalid(errors) : await registries.Put(scope, RegistryRules.Host(registry), request, cancel);

    static Task<IResult> Delete(string registry, ProjectScope scope, ProjectRegistries registries, CancellationToken cancel) =>
        RegistryRules.ExplainHost(registry) is null ? registries.Delete(scope, RegistryRules.Host(registry), cancel) : Task.FromResult<IResult>(ProjectRegistries.NotIn(registry));
}
