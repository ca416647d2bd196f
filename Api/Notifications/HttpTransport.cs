using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>What delivering over HTTP has in common: one POST of JSON, and what its answer means.</summary>
static class HttpTransport
{
    private const int MostRead = 2048;

    /// <summary>Posts a body to an address that somebody has entered.</summary>
    public static async Task<Outcome> Post(HttpClient http, string url, byte[] body, Action<HttpRequestHeaders> headers, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json") { CharSet = "utf-8" };
            request.Headers.UserAgent.Add(new("Slipway", "1"));
            headers(request.Headers);
            // The body of the answer is not waited for: who takes a message says so in the first line.
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return Of(answer, answer.IsSuccessStatusCode ? "" : await Start(answer, cancel));
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && Explain(e) is { } outcome)
        {
            return outcome;
        }
    }

    /// <summary>What a request that got no answer failed by; null where it is a fault of our own.</summary>
    public static Outcome? Explain(Exception e) => e switch
    {
        { InnerException: AddressRefusedException refused } => new(false, refused.Message, Hopeless: true),
        AddressRefusedException refused => new(false, refused.Message, Hopeless: true),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(false, "Its name could not be resolved."),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => new(false, "No connection could be made."),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(false, "No secure connection could be made: its certificate is not trusted, or it does not speak TLS."),
        HttpRequestException or IOException => new(false, "The connection broke off before it answered."),
        OperationCanceledException => new(false, "It did not answer in time."),
        _ => null,
    };

    private static Outcome Of(HttpResponseMessage answer, string text)
    {
        var status = (int)answer.StatusCode;
        var said = $"It answered {status} {answer.ReasonPhrase}".TrimEnd() + (text.Length == 0 ? "." : $": {text}");
        return new(answer.IsSuccessStatusCode, Outcome.Shown(said), IsHopeless(answer.StatusCode), After(answer.Headers.RetryAfter));
    }

    // What says that this very request is wrong. A receiver that is being deployed answers 404 or 503 for a while, and is asked again.
    private static bool IsHopeless(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
        or HttpStatusCode.MethodNotAllowed or HttpStatusCode.Gone or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity
        || (int)status is >= 300 and < 400;

    private static TimeSpan? After(RetryConditionHeaderValue? header) => header?.Delta is { } delta ? TimeSpan.FromSeconds(Math.Clamp(delta.TotalSeconds, 0, 3600)) : null;

    private static async Task<string> Start(HttpResponseMessage answer, CancellationToken cancel)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[MostRead];
        var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}

/// <summary>Posts a signed JSON body: see <see cref="WebhookMessage"/>.</summary>
sealed class WebhookTransport(OutboundHttp outbound, TimeProvider time) : ITransport
{
    public ChannelKind Kind => ChannelKind.Webhook;

    public Task<Outcome> Send(ChannelTarget to, WebhookMessage message, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, SlipwayJson.Options);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        return HttpTransport.Post(outbound.Guarded, to.Secret.Url!, body, headers =>
        {
            headers.Add("Slipway-Delivery", message.Id.ToString());
            headers.Add("Slipway-Timestamp", $"{timestamp}");
            headers.Add("Slipway-Signature", WebhookSignature.Of(to.Secret.Secret!, timestamp, body));
        }, cancel);
    }
}

/// <summary>Posts a message as Slack's incoming webhooks take it (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).</summary>
sealed class SlackTransport(OutboundHttp outbound) : ITransport
{
    public ChannelKind Kind => ChannelKind.Slack;

    public Task<Outcome> Send(ChannelTarget to, WebhookMessage message, CancellationToken cancel)
    {
        var text = $"{MessageText.Mark(message)} *{Escape(message.Title)}*\n{Escape(message.Text)}\n<{message.Link}|Open in Slipway>";
        return HttpTransport.Post(outbound.Guarded, to.Secret.Url!, JsonSerializer.SerializeToUtf8Bytes(new { text }), _ => { }, cancel);
    }

    // The three characters that mean something there; without them no text pings a whole channel (<!channel>).
    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
