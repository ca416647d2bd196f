using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Slipway.Api.Audit;
using Slipway.Api.Http;
using Slipway.Contracts;

namespace Slipway.Api.Accounts.Provider;

/// <summary>The routes to sign in with an identity provider.</summary>
static class ProviderEndpoints
{
    public static void MapProvider(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/api/account").WithTags("Account");
        account.MapGet("ways", Ways).ForAnyone().WithSummary("How people sign in here").Produces<SignInWays>();
        var provider = account.MapGroup("provider").RequireRateLimiting(AccountLimits.PerAddress);
        provider.MapPost("start", Start).ForAnyone().Audited("provider.start").WithSummary("Begin to sign in with the identity provider")
            .Produces<ProviderSignInStart>().ProducesProblem(404).ProducesProblem(503);
        provider.MapPost("finish", Finish).ForAnyone().Audited("provider.sign-in").WithSummary("Sign in with what the identity provider sent back")
            .Produces<TokenResponse>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(409).ProducesProblem(503);
    }

    static async Task<Ok<SignInWays>> Ways(IOptions<ProviderOptions> options, FirstAdministrator first, CancellationToken cancel) =>
        TypedResults.Ok(new SignInWays(options.Value.Passwords, options.Value.IsOn ? options.Value.DisplayName : null)
        {
            // Where there are no passwords nobody can register with the token.
            SetupPending = options.Value.Passwords && await first.IsPending(cancel),
        });

    static async Task<IResult> Start(IdentityProvider provider, IOptions<ProviderOptions> options, ILogger<IdentityProvider> logger, CancellationToken cancel)
    {
        try
        {
            return options.Value.IsOn ? TypedResults.Ok(await provider.Begin(cancel)) : None();
        }
        catch (ProviderException e)
        {
            return Refused(e, logger);
        }
    }

    static async Task<IResult> Finish(
        FinishProviderSignIn request, IdentityProvider provider, ProviderAccounts accounts, MappedRoles roles, Sessions sessions, IOptions<ProviderOptions> options,
        TimeProvider time, ILogger<IdentityProvider> logger, HttpContext http, CancellationToken cancel)
    {
        if (!options.Value.IsOn)
        {
            return None();
        }

        ProviderIdentity identity;
        try
        {
            identity = await provider.Finish(request, cancel);
        }
        catch (ProviderException e)
        {
            return Refused(e, logger);
        }

        var (user, refusal) = await accounts.Find(identity, cancel);
        if (user is null)
        {
            return refusal!;
        }

        http.AuditedAs(user);
        if (user.DisabledAt is not null)
        {
            return AccountEndpoints.Disabled();
        }

        await roles.Apply(user, identity.Values, cancel);
        return TypedResults.Ok(await sessions.Begin(user.Id, cancel, time.GetUtcNow() + TimeSpan.FromHours(options.Value.SessionHours)));
    }

    private static IResult Refused(ProviderException e, ILogger logger)
    {
        logger.LogWarning("Nobody was signed in by the identity provider: {Reason}", e.Message);
        return e.Answer;
    }

    private static ProblemHttpResult None() => Problems.NotFound("No identity provider is set up on this platform.");
}
