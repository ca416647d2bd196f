using Slipway.Api.Accounts;
using Slipway.Api.Apps;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster;
using Slipway.Api.Http;
using Slipway.Api.Projects;
using Slipway.Api.Releases;
using Slipway.Api.Storage;
using Slipway.Contracts;
using Slipway.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
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
builder.AddAccounts();
builder.AddProjects();
builder.AddApps();
builder.AddCluster();

var app = builder.Build();
await app.MigrateDatabase();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseRouting();
app.UseNothingHere();
app.UseAuthentication();
app.UseAuthorization();
app.UseProjectAccess();
app.MapDefaultEndpoints();
app.MapApiDescription();
app.MapAccounts();
app.MapProjects();
app.MapApps();
app.MapReleases();
app.MapObserving();
await app.RunAsync();
