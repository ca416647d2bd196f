using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Slipway.Tests.Infrastructure;

/// <summary>A server that speaks Telegram's Bot API (core.telegram.org/bots/api) as far as a bot that writes messages needs it.</summary>
sealed class TelegramServer : HttpReceiver
{
    /// <summary>The one bot that there is, and the one chat that it may write to.</summary>
    public const string Token = "123456789:AAE-a_token_of_nobody_0123456789abcdef", Chat = "-1001234567890";

    private int last;

    /// <summary>The texts that were taken.</summary>
    public IReadOnlyList<string> Texts => [.. Received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("text").GetString()!)];

    protected override async Task<bool> Answer(ReceivedRequest request, HttpResponse response)
    {
        if (Status is not StatusCodes.Status200OK)
        {
            return await Refuse(response, Status, "Internal Server Error");
        }

        if (request.Path != $"/bot{Token}/sendMessage")
        {
            return request.Path.StartsWith($"/bot{Token}/", StringComparison.Ordinal) ? await Refuse(response, 404, "Not Found") : await Refuse(response, 401, "Unauthorized");
        }

        var message = JsonDocument.Parse(request.Body).RootElement;
        var chat = message.GetProperty("chat_id").ToString();
        var text = message.GetProperty("text").GetString()!;
        if (chat != Chat || text.Length is 0 or > 4096)
        {
            return await Refuse(response, 400, chat != Chat ? "Bad Request: chat not found" : "Bad Request: message is too long");
        }

        await response.WriteAsJsonAsync(new
        {
            ok = true,
            result = new { message_id = Interlocked.Increment(ref last), date = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), chat = new { id = long.Parse(Chat), type = "supergroup", title = "Ops" }, text },
        });
        return true;
    }

    private static async Task<bool> Refuse(HttpResponse response, int status, string description)
    {
        response.StatusCode = status;
        await response.WriteAsJsonAsync(new { ok = false, error_code = status, description });
        return false;
    }
}
