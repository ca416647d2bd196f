using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Server.Circuits;
using MudBlazor;
using MudBlazor.Services;
using Slipway.Contracts;
using Slipway.Web.Live;
using Slipway.Web.Session;

namespace Slipway.Web;

/// <summary>Everything that the portal's components and pages are given.</summary>
static class Portal
{
    /// <summary>The name of the HTTP client that reaches the API; its address comes from service discovery.</summary>
    public const string ApiClient = "api";

    /// <summary>How long the API may take until the headers of its answer; a stream that follows may go on for days.</summary>
    public static TimeSpan ApiTimeout { get; } = TimeSpan.FromSeconds(20);

    public static Uri ApiAddress { get; } = new("https+http://api");

    /// <summary>
    /// Where people's own programs reach the API: as set by <c>Api:PublicAddress</c>, else the API of the same machine, else the portal's
    /// own address, since an Ingress sends <c>/api</c> of it to the API.
    /// </summary>
    public static string PublicApi(IConfiguration configuration, string portal)
    {
        var discovered = configuration["services:api:https:0"] ?? configuration["services:api:http:0"];
        var local = Uri.TryCreate(discovered, UriKind.Absolute, out var address) && address.IsLoopback ? discovered : null;
        return (configuration["Api:PublicAddress"] is { Length: > 0 } set ? set : local ?? portal).TrimEnd('/');
    }

    public static void AddPortal(this WebApplicationBuilder builder)
    {
        // Also when started from the build output with ASPNETCORE_ENVIRONMENT=Production; a no-op once published.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddApi();
        services.AddSignIn(builder);
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options =>
            // The environment of an app may be 512 KiB, and arrives here when a .env file is pasted.
            options.MaximumReceiveMessageSize = 1024 * 1024);
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomCenter;
            options.SnackbarConfiguration.VisibleStateDuration = 5000;
            options.SnackbarConfiguration.ShowTransitionDuration = 150;
            options.SnackbarConfiguration.HideTransitionDuration = 150;
            options.SnackbarConfiguration.PreventDuplicates = true;
        });
        services.AddScoped<Ticker>();
        services.AddScoped<ProjectList>();
    }

    private static void AddApi(this IServiceCollection services)
    {
        // No resilience handler here: a retried POST would act twice, a total timeout would end a log that is being followed,
        // and an API that is away is shown at once by the banner, which also tries again.
        services.AddHttpClient(ApiClient, http =>
        {
            http.BaseAddress = ApiAddress;
            http.Timeout = ApiTimeout;
        });
        services.AddSingleton<ApiClients>();
        services.AddScoped<ApiReachability>();
        services.AddHttpContextAccessor();
        services.AddScoped<CircuitVisitor>();
        services.AddScoped<CircuitHandler>(page => page.GetRequiredService<CircuitVisitor>());
        services.AddScoped<CircuitSession>();
        services.AddScoped<CircuitApiHandler>();
        services.AddScoped(CircuitApiHandler.CreateClient);
    }

    private static void AddSignIn(this IServiceCollection services, WebApplicationBuilder builder)
    {
        builder.AddPortalKeys();

        // Behind a proxy that ends TLS the request itself is plain: what counts is how people open the portal.
        var cookies = builder.Configuration["PublicUrl"]?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) is true ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

        services.AddSingleton(new CookieRules(cookies is CookieSecurePolicy.Always));
        services.AddSingleton<SecondStep>();
        services.AddSingleton<ProviderSignIn>();
        services.AddSingleton<SignInOptions>();
        services.AddSingleton<PortalSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<PortalSessions>());
        services.AddSingleton<SessionCookieEvents>();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "slipway";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = cookies;
            options.LoginPath = SessionEndpoints.SignInPath;
            options.ReturnUrlParameter = "returnUrl";
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
            options.SlidingExpiration = true;
            options.EventsType = typeof(SessionCookieEvents);
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "slipway-form";
            options.Cookie.SecurePolicy = cookies;
            // Set by SecurityHeaders, for every page.
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
    }
}
