namespace Slipway.Api.Apps;

static class AppServices
{
    public static void AddApps(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<NewestReleases>();
        builder.Services.AddScoped<AppService>();
        builder.Services.AddScoped<AppViews>();
        builder.Services.AddScoped<ImageRetry>();
    }
}
