using Slipway.Api.Accounts;
using Slipway.Api.Accounts.Provider;
using Slipway.Api.Administration;
using Slipway.Api.Alerts;
using Slipway.Api.Apps;
using Slipway.Api.Apps.Crashes;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Audit;
using Slipway.Api.Cluster;
using Slipway.Api.Http;
using Slipway.Api.Mail;
using Slipway.Api.Monitoring;
using Slipway.Api.Notifications;
using Slipway.Api.Projects;
using Slipway.Api.Registries;
using Slipway.Api.Releases;
using Slipway.Api.Storage;
using Slipway.Contracts;
using Slipway.ServiceDefaults;

namespace Slipway.Api;

/// <summary>The API, put together.</summary>
public static class ApiApp
{
    /// <summary>Everything but running it. Throws where an endpoint does not say who may use it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddTrustedProxies();
        builder.AddPublicAddress();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Room for the largest environment, with every character escaped.
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
        });
        builder.Services.ConfigureHttpJsonOptions(options => SlipwayJson.Configure(options.SerializerOptions));
        builder.Services.AddProblemAnswers();
        builder.Services.AddApiDescription();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddStorage();
        builder.AddMail();
        builder.AddAccounts();
        builder.AddProjects();
        builder.AddRegistries();
        builder.AddApps();
        builder.AddCluster();
        builder.AddNotifications();
        builder.AddAlerts();
        builder.AddMonitoring();

        var app = builder.Build();
        app.UseTrustedProxies();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseNothingHere();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAudit();
        app.UseEndpointAccess();
        app.UsePasswordsOff();
        app.MapDefaultEndpoints();
        app.MapApiDescription();
        app.MapAccounts();
        app.MapPasswords();
        app.MapProvider();
        app.MapTwoFactor();
        app.MapTokens();
        app.MapProjects();
        app.MapCollaborators();
        app.MapApps();
        app.MapReleases();
        app.MapObserving();
        app.MapCrashes();
        app.MapAlerts();
        app.MapRegistries();
        app.MapNotifications();
        app.MapMonitoring();
        app.MapAudit();
        app.MapAdministration();
        app.RequireDeclarations();
        return app;
    }
}
