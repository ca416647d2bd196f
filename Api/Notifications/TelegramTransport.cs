using Microsoft.Extensions.Options;
using Slipway.Contracts;
using Telegram.Bot;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Types;

namespace Slipway.Api.Notifications;

/// <summary>Sends a message as a Telegram bot (core.telegram.org/bots/api#sendmessage).</summary>
sealed class TelegramTransport(OutboundHttp outbound, IOptions<NotificationOptions> options) : ITransport
{
    // core.telegram.org/bots/api#sendmessage: 1-4096 characters after entities parsing.
    private const int Longest = 4000;

    public ChannelKind Kind => ChannelKind.Telegram;

    public async Task<Outcome> Send(ChannelTarget to, WebhookMessage message, CancellationToken cancel)
    {
        try
        {
            // Its own retries would send past our count.
            var settings = new TelegramBotClientOptions(to.Secret.BotToken!, options.Value.TelegramUrl.TrimEnd('/')) { RetryCount = 0, RetryThreshold = 0 };
            var bot = new TelegramBotClient(settings, outbound.Telegram, cancel);
            // Plain text: nothing in it can be markup.
            var text = $"{MessageText.Mark(message)} {message.Title}\n\n{MessageText.Plain(message)}".TrimEnd();
            var sent = await bot.SendMessage(Chat(to.Target), text.Length > Longest ? string.Concat(text.AsSpan(0, Longest), "…") : text,
                linkPreviewOptions: new LinkPreviewOptions { IsDisabled = true }, cancellationToken: cancel);
            return new(true, $"Telegram took it as message {sent.Id}.");
        }
        catch (ApiRequestException e)
        {
            // 400 chat not found, 401 wrong token, 403 the bot was thrown out, 404 no such bot: all a person's to put right.
            return new(false, Outcome.Shown($"Telegram answered {e.ErrorCode}: {e.Message}"), e.ErrorCode is 400 or 401 or 403 or 404,
                e.Parameters?.RetryAfter is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600)) : null);
        }
        catch (RequestException e) when (!cancel.IsCancellationRequested)
        {
            // Its message can name the address, which has the token in it.
            return e.HttpStatusCode is { } status ? new(false, $"Telegram answered {(int)status}.")
                : (e.InnerException is { } inner ? HttpTransport.Explain(inner) : null) ?? new(false, "Telegram's answer could not be understood.");
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && HttpTransport.Explain(e) is { } outcome)
        {
            return outcome;
        }
    }

    private static ChatId Chat(string target) => long.TryParse(target, out var number) ? new(number) : new(target);
}
