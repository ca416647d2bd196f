using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Audit;
using Slipway.Api.Storage;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Accounts;

/// <summary>Identity, tokens, and the rule that everything needs a signed-in user unless it says otherwise.</summary>
static class AccountServices
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddProvider();
        services.AddIdentityCore<User>(options =>
        {
            options.User.RequireUniqueEmail = true;
            // Any address that a message can reach; the endpoint has its own rule and sentence.
            options.User.AllowedUserNameCharacters = "";
            // Composition rules make passwords worse (NIST SP 800-63B, 3.1.1.2).
            options.Password = new() { RequiredLength = 8, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 1 };
        }).AddUserStore<SealedUserStore>();

        services.AddOptions<AccountOptions>().BindConfiguration("Accounts").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccountOptions>>(new Sentence<AccountOptions>(AccountOptions.Explain));
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SignInAttempts>();
        services.AddScoped<Sessions>();
        services.AddScoped<Passwords>();
        services.AddScoped<AccountCodes>();
        services.AddScoped<AccountMessages>();
        services.AddScoped<FirstAdministrator>();
        services.AddScoped<Registration>();
        services.AddSingleton<AuditTrail>();
        AccountLimits.Add(services);
        AccessTokens.Add(services);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        services.AddHttpContextAccessor();
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<CurrentUser>()
            ?? throw new InvalidOperationException("Nobody is signed in: the endpoint must not allow anonymous requests."));
    }
}
