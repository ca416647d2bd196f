using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MimeKit;
using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Mail;

/// <summary>
/// Sends the messages that wait. A message's row is locked while it is sent and deleted when the server has taken it, so that replicas
/// share the work, and a crash in between sends one message twice rather than not at all.
/// </summary>
sealed class MailSender(
    IDbContextFactory<SlipwayDb> databases, EnvironmentBox box, IOptions<MailOptions> options, MailSignal signal, TimeProvider time, ILogger<MailSender> logger)
    : BackgroundService
{
    private const int MaxAttempts = 12;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(30), MaxDelay = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.IsOn)
        {
            logger.LogWarning("No e-mail is sent: the setting Smtp:Host is empty. New accounts can be used without confirming their address");
            return;
        }

        try
        {
            while (true)
            {
                while (await SendNext(stoppingToken))
                {
                    // On to the next one.
                }

                await signal.Wait(Poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task<bool> SendNext(CancellationToken cancel)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var mail = await db.Mails.FromSql($"SELECT * FROM mails WHERE due_at <= {time.GetUtcNow()} ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED").SingleOrDefaultAsync(cancel);
            if (mail is null)
            {
                return false;
            }

            await Send(db, mail, cancel);
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or DbUpdateException or InvalidOperationException)
        {
            logger.LogWarning("Messages could not be read: {Reason}", e.Message);
            return false;
        }
    }

    private async Task Send(SlipwayDb db, MailRow mail, CancellationToken cancel)
    {
        try
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limited.CancelAfter(Patience);
            await Deliver(mail, limited.Token);
            db.Mails.Remove(mail);
        }
        catch (Exception e) when (e is IOException or ProtocolException or CommandException or AuthenticationException or SslHandshakeException
            or System.Net.Sockets.SocketException or ServiceNotConnectedException or NotSupportedException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            mail.Attempts++;
            mail.DueAt = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(MaxDelay.TotalSeconds, 5 * Math.Pow(2, mail.Attempts)));
            // What has no chance any more is given up: its code has run out by then.
            if (mail.Attempts >= MaxAttempts)
            {
                db.Mails.Remove(mail);
            }

            logger.LogWarning("Message {Id} could not be sent (attempt {Attempt} of {Most}): {Reason}", mail.Id, mail.Attempts, MaxAttempts, e.Message);
        }
    }

    private async Task Deliver(MailRow mail, CancellationToken cancel)
    {
        var settings = options.Value;
        using var message = new MimeMessage
        {
            Subject = mail.Subject,
            MessageId = $"{mail.Id:N}@slipway",
            Body = new TextPart("plain") { Text = box.OpenText(mail.Id, mail.Body) },
        };
        message.From.Add(MailboxAddress.Parse(settings.From));
        message.To.Add(new MailboxAddress("", mail.To));
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(settings.Host, settings.Port, settings.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, cancel);
        if (settings.Username.Length > 0)
        {
            await smtp.AuthenticateAsync(settings.Username, settings.Password, cancel);
        }

        await smtp.SendAsync(message, cancel);
        await smtp.DisconnectAsync(true, cancel);
    }
}
