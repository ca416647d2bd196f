using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Slipway.Api.Storage;

namespace Slipway.Api.Mail;

/// <summary>Wakes the sender when a transaction with a message in it is committed: before that it would not see the message.</summary>
sealed class WakeAfterCommit(MailSignal signal) : DbTransactionInterceptor
{
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Wake(eventData.Context);

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Wake(eventData.Context);
        return Task.CompletedTask;
    }

    private void Wake(DbContext? context)
    {
        if (context?.ChangeTracker.Entries<MailRow>().Any() is true)
        {
            signal.Set();
        }
    }
}
