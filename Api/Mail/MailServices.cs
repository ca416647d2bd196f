using Microsoft.Extensions.Options;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Mail;

static class MailServices
{
    public static void AddMail(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MailOptions>().BindConfiguration("Smtp").ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>>(new Sentence<MailOptions>(MailOptions.Explain));
        services.AddSingleton<MailSignal>();
        services.AddSingleton<WakeAfterCommit>();
        services.AddSingleton<SmtpServer>();
        services.AddScoped<Mailbox>();
        services.AddHostedService<MailSender>();
    }
}
