using Microsoft.Extensions.Options;
using Slipway.Api.Http;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Accounts.Provider;

/// <summary>The identity provider's part of the accounts.</summary>
static class ProviderServices
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static void AddProvider(this WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var allowPlain = !builder.Environment.IsProduction() || configuration.GetValue<bool>(nameof(PublicAddress.AllowPlainHttp));
        services.AddOptions<ProviderOptions>().BindConfiguration("Oidc").ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProviderOptions>>(new Sentence<ProviderOptions>(options =>
            ProviderOptions.Explain(options, allowPlain, configuration[nameof(PublicAddress.PublicUrl)] ?? "")));
        services.AddHttpClient(ProviderMetadata.HttpClient, http =>
        {
            http.Timeout = Patience;
            http.MaxResponseContentBufferSize = 1024 * 1024;
        }).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton<ProviderMetadata>();
        services.AddSingleton<ProviderTokens>();
        services.AddSingleton<IdentityProvider>();
        services.AddScoped<ProviderAccounts>();
        services.AddScoped<MappedRoles>();
    }

    /// <summary>Declares that an endpoint is about passwords: it is off where the provider is the only way in.</summary>
    public static TBuilder TakesPassword<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AboutPasswords());

    /// <summary>Turns those endpoints off, before what was sent is looked at.</summary>
    public static void UsePasswordsOff(this IApplicationBuilder app) => app.Use((context, next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<AboutPasswords>() is not null && context.RequestServices.GetRequiredService<IOptions<ProviderOptions>>().Value is { Passwords: false } options
            ? Problems.Forbidden("Passwords are off on this platform.", $"Sign in with {options.DisplayName}.").ExecuteAsync(context)
            : next(context));

    private sealed record AboutPasswords;
}
