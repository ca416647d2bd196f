using Microsoft.Extensions.Options;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Notifications;

static class NotificationServices
{
    public static void AddNotifications(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NotificationOptions>().BindConfiguration("Notifications").ValidateOnStart();
        services.AddSingleton<IValidateOptions<NotificationOptions>>(new Sentence<NotificationOptions>(NotificationOptions.Explain));
        services.AddSingleton<OutboundHttp>();
        services.AddSingleton<ITransport, TelegramTransport>();
        services.AddSingleton<ITransport, EmailTransport>();
        services.AddSingleton<ITransport, WebhookTransport>();
        services.AddSingleton<ITransport, SlackTransport>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<NotificationSignal>();
        services.AddSingleton<NotificationSender>();
        services.AddHostedService(provider => provider.GetRequiredService<NotificationSender>());
        services.AddScoped<Channels>();
    }
}
