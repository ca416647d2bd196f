using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Notifications;

/// <summary>What became of one try to deliver a message.</summary>
/// <param name="Delivered">Whether the other side took it.</param>
/// <param name="Answer">What it said, or why it could not be asked, in words for people; never a secret.</param>
/// <param name="Hopeless">Whether another try would end the same until a person changes something.</param>
/// <param name="RetryAfter">How long the other side wants to be left alone.</param>
sealed record Outcome(bool Delivered, string Answer, bool Hopeless = false, TimeSpan? RetryAfter = null)
{
    /// <summary>The longest answer that is kept, in characters.</summary>
    private const int Longest = 300;

    /// <summary>What somebody else wrote, short and in one line.</summary>
    public static string Shown(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('\0', ' ');
        return new([.. line.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
    }
}

/// <summary>What a channel needs to be used, opened.</summary>
/// <param name="Target">A chat or an e-mail address.</param>
sealed record ChannelTarget(string Target, ChannelSecret Secret);

/// <summary>What of a channel is secret. It is stored sealed, and leaves the API towards the other side only.</summary>
sealed record ChannelSecret
{
    public string? BotToken { get; init; }

    public string? Url { get; init; }

    public string? Secret { get; init; }

    /// <summary>Not the default, which would print them.</summary>
    public override string ToString() => nameof(ChannelSecret);
}

/// <summary>A way to deliver a message.</summary>
interface ITransport
{
    ChannelKind Kind { get; }

    /// <summary>Tries once. Throws only <see cref="OperationCanceledException"/>, when <paramref name="cancel"/> does.</summary>
    Task<Outcome> Send(ChannelTarget to, WebhookMessage message, CancellationToken cancel);
}

/// <summary>Opens and seals what of a channel is secret.</summary>
static class ChannelSecrets
{
    public static byte[] SealSecret(this EnvironmentBox box, Guid channel, ChannelSecret secret) =>
        box.SealText(channel, System.Text.Json.JsonSerializer.Serialize(secret, System.Text.Json.JsonSerializerOptions.Web));

    public static ChannelSecret OpenSecret(this EnvironmentBox box, Guid channel, byte[] secret) =>
        System.Text.Json.JsonSerializer.Deserialize<ChannelSecret>(box.OpenText(channel, secret), System.Text.Json.JsonSerializerOptions.Web)!;
}
