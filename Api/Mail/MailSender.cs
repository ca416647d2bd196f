using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Storage;

namespace Slipway.Api.Mail;

/// <summary>
/// Sends the messages that wait. A message's row is locked while it is sent and deleted when the server has taken it, so that replicas
/// share the work, and a crash in between sends one message twice rather than not at all.
/// </summary>
sealed class MailSender(
    IDbContextFactory<SlipwayDb> databases, EnvironmentBox box, SmtpServer smtp, MailSignal signal, TimeProvider time, ILogger<MailSender> logger)
    : BackgroundService
{
    private const int MaxAttempts = 12;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(30), MaxDelay = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!smtp.IsOn)
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
            await smtp.Send(mail.Id, mail.To, mail.Subject, box.OpenText(mail.Id, mail.Body), limited.Token);
            db.Mails.Remove(mail);
        }
        catch (Exception e) when (SmtpServer.IsFailure(e) || (e is OperationCanceledException && !cancel.IsCancellationRequested))
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
}
