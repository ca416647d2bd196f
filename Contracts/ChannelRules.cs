using System.Net.Mail;

namespace Slipway.Contracts;

/// <summary>What a notification channel may be like: the portal checks it while somebody types, the API always.</summary>
public static class ChannelRules
{
    /// <summary>The most channels of a project.</summary>
    public const int MostChannels = 20;

    /// <summary>The longest name, in characters.</summary>
    public const int NameMaxLength = 60;

    /// <summary>The shortest and the longest key of a signature, in characters.</summary>
    public const int SecretMinLength = 16, SecretMaxLength = 200;

    private const int UrlMaxLength = 2000;

    /// <summary>What is wrong, by field.</summary>
    public static Dictionary<string, string[]> Check(CreateChannel request)
    {
        var errors = Check(request.Kind, new()
        {
            Name = request.Name,
            Events = request.Events,
            BotToken = request.BotToken,
            Chat = request.Chat,
            Address = request.Address,
            Url = request.Url,
            Secret = request.Secret,
        });
        foreach (var (field, value, sentence) in Needed(request))
        {
            if (string.IsNullOrEmpty(value))
            {
                errors[field] = [sentence];
            }
        }

        return errors;
    }

    /// <summary>What is wrong with a change of a channel of this kind, by field.</summary>
    public static Dictionary<string, string[]> Check(ChannelKind kind, PatchChannel patch)
    {
        var errors = new Dictionary<string, string[]>();
        void Say(string field, string? sentence)
        {
            if (sentence is not null)
            {
                errors[field] = [sentence];
            }
        }

        Say("name", patch.Name is null ? null : ExplainName(patch.Name));
        Say("events", patch.Events switch
        {
            null => null,
            { Count: 0 } => "Choose at least one thing to be told of.",
            var events when events.Distinct().Count() < events.Count || events.Any(e => !Enum.IsDefined(e)) => "Name each event once.",
            _ => null,
        });
        Say("botToken", Of(ChannelKind.Telegram, patch.BotToken, ExplainBotToken));
        Say("chat", Of(ChannelKind.Telegram, patch.Chat, ExplainChat));
        Say("address", Of(ChannelKind.Email, patch.Address, ExplainAddress));
        Say("secret", Of(ChannelKind.Webhook, patch.Secret, ExplainSecret));
        Say("url", patch.Url is null ? null : kind is ChannelKind.Webhook or ChannelKind.Slack ? ExplainUrl(patch.Url) : NotOf(kind));
        return errors;

        string? Of(ChannelKind wanted, string? value, Func<string, string?> explain) => value is null ? null : kind == wanted ? explain(value) : NotOf(kind);
    }

    private static string NotOf(ChannelKind kind) => $"A channel of the kind {kind} has no such field.";

    private static IEnumerable<(string Field, string? Value, string Sentence)> Needed(CreateChannel request) => request.Kind switch
    {
        ChannelKind.Telegram => [("botToken", request.BotToken, "Which bot? Its token, please."), ("chat", request.Chat, "To which chat? Its number, or @name of a public channel.")],
        ChannelKind.Email => [("address", request.Address, "To whom? An e-mail address, please.")],
        ChannelKind.Webhook => [("url", request.Url, "Where to? An address, please."), ("secret", request.Secret, "A key for the signature, please.")],
        ChannelKind.Slack => [("url", request.Url, "Where to? The webhook's address, please.")],
        _ => [("kind", null, "There is no such kind of channel.")],
    };

    private static string? ExplainName(string name) => name.Trim().Length is 0 or > NameMaxLength || !AppRules.IsText(name)
        ? $"A name is 1 to {NameMaxLength} characters of plain text."
        : null;

    // core.telegram.org/bots/api#authorizing-your-bot: 123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11
    private static string? ExplainBotToken(string token) =>
        token.Split(':') is [var id, var secret] && id.Length is > 2 and < 20 && id.All(char.IsAsciiDigit)
        && secret.Length is >= 20 and <= 100 && secret.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? null
            : "A bot's token looks like '123456:ABC-DEF…'; @BotFather gives it.";

    private static string? ExplainChat(string chat) =>
        (long.TryParse(chat, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) && number != 0)
        || (chat is ['@', .. { Length: >= 4 and <= 64 } name] && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_'))
            ? null
            : "A chat is a number such as -1001234567890, or @name of a public channel.";

    private static string? ExplainAddress(string address) =>
        address.Length <= 254 && AppRules.IsText(address) && MailAddress.TryCreate(address, out var parsed) && parsed.Address == address
            ? null
            : "This is no e-mail address.";

    private static string? ExplainSecret(string secret) => secret.Length is < SecretMinLength or > SecretMaxLength || !AppRules.IsText(secret)
        ? $"A key is {SecretMinLength} to {SecretMaxLength} characters. Make one with 'openssl rand -hex 32'."
        : null;

    private static string? ExplainUrl(string url) => url.Length > UrlMaxLength || !AppRules.IsText(url) || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0
        ? "An address begins with https:// and names a host."
        : uri.UserInfo.Length > 0 ? "An address with a password in it is not taken; put it into the path or the query." : null;
}
