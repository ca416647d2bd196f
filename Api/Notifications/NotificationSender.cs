using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Slipway.Api.Storage;
using Slipway.Contracts;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Notifications;

/// <summary>
/// Sends what waits. A message is marked as soon as the other side has taken it, also while this process is told to end; only a process
/// that is killed in between leaves one that is sent again, under the same id, when its lease has run out.
/// </summary>
sealed class NotificationSender(
    DeliveryQueue queue, NotificationSignal signal, IEnumerable<ITransport> transports, EnvironmentBox box, IOptions<NotificationOptions> options,
    IOptions<PublicAddress> address, TimeProvider time, ILogger<NotificationSender> logger) : BackgroundService
{
    private const int MostAtOnce = 8;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), PruneEvery = TimeSpan.FromHours(1), Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<ChannelKind, ITransport> ways = transports.ToDictionary(t => t.Kind);

    /// <summary>The message of a claim, as the other side gets it.</summary>
    public WebhookMessage Message(DeliveryClaim claim) => new(claim.Note, claim.Event, claim.State, claim.Project, claim.App, claim.Rule, claim.Title, claim.Text, claim.At,
        Link(claim.Project, claim.App));

    /// <summary>Tries once to deliver a message, whatever its channel.</summary>
    public async Task<Outcome> Try(ChannelKind kind, Guid channel, string target, byte[] secret, WebhookMessage message)
    {
        using var limit = new CancellationTokenSource(DeliveryQueue.Patience, time);
        try
        {
            return await ways[kind].Send(new(target, box.OpenSecret(channel, secret)), message, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return new(false, "It did not answer in time.");
        }
        catch (CryptographicException)
        {
            return new(false, "What is stored of the channel cannot be read: Encryption:Key is another one now. Enter its secrets again.", Hopeless: true);
        }
        catch (Exception e)
        {
            // The type only: messages of others can name addresses, which can be secret.
            logger.LogError("Sending to the channel {Channel} failed with {Fault}", channel, e.GetType().Name);
            return new(false, "Sending failed by a fault of Slipway's.");
        }
    }

    /// <summary>A page of the portal.</summary>
    public string Link(string project, string? app) => address.Value.Link($"/projects/{project}{(app is null ? "" : $"/apps/{app}")}");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var active = new List<Task>();
        var pruned = time.GetTimestamp();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                active.RemoveAll(t => t.IsCompleted);
                var taken = await Take(MostAtOnce - active.Count, stoppingToken);
                active.AddRange(taken.Select(Deliver));
                if (taken.Count == 0)
                {
                    // Also said by every message that is seen through.
                    await signal.Wait(Poll, stoppingToken);
                }

                if (time.GetElapsedTime(pruned) > PruneEvery)
                {
                    pruned = time.GetTimestamp();
                    await Prune(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end; what is on its way is seen through.
        }

        await Task.WhenAll(active);
    }

    private async Task<IReadOnlyList<DeliveryClaim>> Take(int most, CancellationToken cancel)
    {
        try
        {
            return most == 0 ? [] : await queue.Take(most, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            logger.LogWarning("What waits to be told could not be read: {Reason}", e.Message);
            return [];
        }
    }

    private async Task Prune(CancellationToken cancel)
    {
        try
        {
            await queue.Prune(cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // In an hour again.
        }
    }

    private async Task Deliver(DeliveryClaim claim)
    {
        var outcome = await Try(claim.Kind, claim.ChannelId, claim.Target, claim.Secret, Message(claim));
        if (outcome.Delivered)
        {
            await Mark(claim, c => queue.Sent(claim, c));
        }
        else if (outcome.Hopeless || claim.Age.TotalHours > options.Value.GiveUpHours)
        {
            logger.LogWarning("The message {Id} was given up after {Attempts} tries", claim.Id, claim.Attempts + 1);
            await Mark(claim, c => queue.Bury(claim, outcome.Answer, c));
        }
        else
        {
            var delay = options.Value.Delay(claim.Attempts + 1, Random.Shared.NextDouble());
            await Mark(claim, c => queue.Postpone(claim, outcome.RetryAfter is { } wanted && wanted > delay ? wanted : delay, outcome.Answer, c));
        }

        signal.Set();
    }

    // A database that is away for a moment must not have a message sent twice: marked it is, while the claim may still hold.
    private async Task Mark(DeliveryClaim claim, Func<CancellationToken, Task> mark)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                await mark(CancellationToken.None);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                if (time.GetElapsedTime(begun) > DeliveryQueue.Lease)
                {
                    logger.LogError("What became of the message {Id} could not be stored: {Reason}", claim.Id, e.Message);
                    return;
                }

                await Task.Delay(Pause, time);
            }
        }
    }
}

/// <summary>Says that there may be something to send.</summary>
public sealed class NotificationSignal : IDisposable
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
