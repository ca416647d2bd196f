using Microsoft.AspNetCore.Authorization;
using Slipway.Contracts;

namespace Slipway.Api.Accounts;

/// <summary>Which kind of person or program an endpoint is for.</summary>
public enum Audience
{
    /// <summary>Everybody, without signing in.</summary>
    Anyone,

    /// <summary>The platform's own Alertmanager, which the endpoint itself knows by its token.</summary>
    Alertmanager,

    /// <summary>Prometheus: by a token of the operator's, or from the same machine; see <see cref="ServiceDefaults.MetricsEndpoint"/>.</summary>
    Scraper,

    /// <summary>Everybody with an account, also by an access token.</summary>
    User,

    /// <summary>A signed-in person: what is about the account itself is nothing that a program may do for them.</summary>
    Person,

    /// <summary>A signed-in administrator of the platform.</summary>
    Administrator,

    /// <summary>A collaborator of the project in the route who has <see cref="EndpointAccess.Permission"/>, also by an access token.</summary>
    Collaborator,
}

/// <summary>Who may use an endpoint. Every endpoint says so exactly once; the process does not start where one does not.</summary>
/// <param name="Audience">Who.</param>
/// <param name="Permission">With <see cref="Audience.Collaborator"/>: what they need to be permitted. With <see cref="Audience.User"/>: what an access token needs.</param>
/// <param name="OnlyPersons">With <see cref="Audience.Collaborator"/>: whether an access token does not do.</param>
public sealed record EndpointAccess(Audience Audience, Permission? Permission = null, bool OnlyPersons = false)
{
    /// <summary>What an endpoint declares; null where it declares nothing.</summary>
    public static EndpointAccess? Of(Endpoint endpoint) => endpoint.Metadata.GetMetadata<EndpointAccess>()
        ?? (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null ? null : new(Audience.Anyone));
}

/// <summary>What an endpoint does, for the audit; see <see cref="Slipway.Api.Audit.AuditTrail"/>.</summary>
public sealed record AuditedAction(string Name);

/// <summary>How an endpoint declares who may use it.</summary>
public static class EndpointAccessExtensions
{
    /// <summary>See <see cref="Audience.Anyone"/>.</summary>
    public static TBuilder ForAnyone<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Anyone)).AllowAnonymous();

    /// <summary>See <see cref="Audience.Alertmanager"/>.</summary>
    public static TBuilder ForAlertmanager<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Alertmanager)).AllowAnonymous();

    /// <summary>See <see cref="Audience.Scraper"/>; the endpoint itself looks who comes.</summary>
    public static TBuilder ForScrapers<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Scraper)).AllowAnonymous();

    /// <summary>See <see cref="Audience.User"/>.</summary>
    public static TBuilder ForUsers<TBuilder>(this TBuilder endpoint, Permission? tokensNeed = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.User, tokensNeed));

    /// <summary>See <see cref="Audience.Person"/>.</summary>
    public static TBuilder ForPersons<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Person));

    /// <summary>See <see cref="Audience.Administrator"/>.</summary>
    public static TBuilder ForAdministrators<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Administrator));

    /// <summary>The endpoint's route has a <c>{project}</c>, and who uses it needs this permission there.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Permission permission, bool onlyPersons = false)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(new(Audience.Collaborator, permission, onlyPersons));

    /// <summary>Names what the endpoint does; everything that changes something has a name.</summary>
    public static TBuilder Audited<TBuilder>(this TBuilder endpoint, string action)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AuditedAction(action));

    /// <summary>Stops the process where an endpoint declares nothing, or changes something without a name.</summary>
    public static void RequireDeclarations(this IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in routes.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            if (EndpointAccess.Of(endpoint) is null)
            {
                throw new InvalidOperationException($"The endpoint {endpoint.DisplayName} does not say who may use it.");
            }

            var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
            if (methods.Any(m => !HttpMethods.IsGet(m) && !HttpMethods.IsHead(m)) && endpoint.Metadata.GetMetadata<AuditedAction>() is null)
            {
                throw new InvalidOperationException($"The endpoint {endpoint.DisplayName} changes something and has no name for the audit.");
            }
        }
    }

    private static TBuilder For<TBuilder>(this TBuilder endpoint, EndpointAccess access)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(access);
}
