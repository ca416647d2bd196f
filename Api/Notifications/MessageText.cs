using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>A message as people read it.</summary>
static class MessageText
{
    /// <summary>A sign to see at a glance whether it is good news.</summary>
    public static string Mark(WebhookMessage message) => message.State switch
    {
        "firing" or "failed" => "🔴",
        "resolved" or "ready" => "🟢",
        _ => "🔵",
    };

    /// <summary>The body of an e-mail, and of what has no markup.</summary>
    public static string Plain(WebhookMessage message) => $"{message.Text}\n\n{message.Link}\n";
}
