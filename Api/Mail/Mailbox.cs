using Microsoft.Extensions.Options;
using Slipway.Api.Storage;

namespace Slipway.Api.Mail;

/// <summary>Takes messages to be sent: they are stored first, so that a restart or a mail server that is away loses none.</summary>
public sealed class Mailbox(SlipwayDb db, EnvironmentBox box, IOptions<MailOptions> options, TimeProvider time, MailSignal signal)
{
    /// <summary>Whether e-mail can be sent.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>Stores a message; it is on its way as soon as the surrounding transaction, if any, is committed (<see cref="WakeAfterCommit"/>).</summary>
    public async Task Send(string to, string subject, string text, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        db.Mails.Add(new() { Id = id, To = to, Subject = subject, Body = box.SealText(id, text), CreatedAt = now, DueAt = now });
        await db.SaveChangesAsync(cancel);
        if (db.Database.CurrentTransaction is null)
        {
            signal.Set();
        }
    }
}

/// <summary>Says that there is something to send.</summary>
public sealed class MailSignal : IDisposable
{
    private readonly SemaphoreSlim gate = new(0, 1);

    internal void Set()
    {
        try
        {
            gate.Release();
        }
        catch (SemaphoreFullException)
        {
            // It was said already.
        }
    }

    internal Task Wait(TimeSpan most, CancellationToken cancel) => gate.WaitAsync(most, cancel);

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();
}
