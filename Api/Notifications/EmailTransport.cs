using MailKit.Net.Smtp;
using Slipway.Api.Mail;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>Sends an e-mail. The mail server is the operator's, not a person's choice.</summary>
sealed class EmailTransport(SmtpServer smtp) : ITransport
{
    public ChannelKind Kind => ChannelKind.Email;

    public async Task<Outcome> Send(ChannelTarget to, WebhookMessage message, CancellationToken cancel)
    {
        if (!smtp.IsOn)
        {
            return new(false, "This platform sends no e-mail: the operator has not set a mail server.", Hopeless: true);
        }

        try
        {
            var answer = await smtp.Send(message.Id, to.Target, $"{MessageText.Mark(message)} {message.Title}", MessageText.Plain(message), cancel);
            return new(true, Outcome.Shown($"The mail server answered: {answer}"));
        }
        catch (SmtpCommandException e)
        {
            return new(false, Outcome.Shown($"The mail server answered {(int)e.StatusCode}: {e.Message}"),
                e.ErrorCode is SmtpErrorCode.RecipientNotAccepted && (int)e.StatusCode is >= 500 and < 600);
        }
        catch (Exception e) when (SmtpServer.IsFailure(e))
        {
            return new(false, "The mail server cannot be reached, or does not let Slipway in.");
        }
    }
}
