using Microsoft.Extensions.Options;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Alerts;

static class AlertServices
{
    public static void AddAlerts(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<AlertOptions>().BindConfiguration("Alerts").ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AlertOptions>>(new Sentence<AlertOptions>(AlertOptions.Explain));
        builder.Services.AddScoped<AlertIntake>();
        builder.Services.AddScoped<AlertQueries>();
        builder.Services.AddScoped<AlertSettings>();
        builder.Services.AddHostedService<AlertForgetting>();
    }
}
