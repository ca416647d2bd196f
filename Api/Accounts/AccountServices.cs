using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Slipway.Api.Storage;

namespace Slipway.Api.Accounts;

/// <summary>Identity, tokens, and the rule that everything needs a signed-in user unless it says otherwise.</summary>
static class AccountServices
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddIdentityCore<User>(options =>
        {
            options.User.RequireUniqueEmail = true;
            // Any address that a message can reach; the endpoint has its own rule and sentence.
            options.User.AllowedUserNameCharacters = "";
            // Length is what counts (NIST SP 800-63B, 3.1.1.2); composition rules make passwords worse.
            options.Password = new() { RequiredLength = 8, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 1 };
            options.Lockout = new() { MaxFailedAccessAttempts = 10, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5) };
        }).AddEntityFrameworkStores<SlipwayDb>();

        services.AddSingleton<AccessTokens>();
        services.AddScoped<Sessions>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokens>((options, tokens) => tokens.Configure(options));
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        services.AddHttpContextAccessor();
        services.AddScoped(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!.Features.Get<CurrentUser>()
            ?? throw new InvalidOperationException("Nobody is signed in: the endpoint must not allow anonymous requests."));
    }
}
