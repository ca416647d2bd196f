namespace Slipway.Contracts;

/// <summary>By which way people are told.</summary>
public enum ChannelKind
{
    /// <summary>A message of a Telegram bot to a chat.</summary>
    Telegram,

    /// <summary>An e-mail, sent by the platform's mail server.</summary>
    Email,

    /// <summary>An HTTP request with a signed JSON body to any address.</summary>
    Webhook,

    /// <summary>A message to a webhook of Slack, or of what understands the same (Mattermost, Rocket.Chat, Discord's <c>/slack</c>).</summary>
    Slack,
}

/// <summary>What a project can tell.</summary>
public enum NotifiedEvent
{
    /// <summary>An alert was raised, or has resolved.</summary>
    Alerts,

    /// <summary>A release failed before it was ever ready.</summary>
    FailedDeploys,

    /// <summary>All replicas of a new release are ready.</summary>
    Deploys,

    /// <summary>Somebody came into the project, left it, or has another role.</summary>
    RoleChanges,
}

/// <summary>A way by which a project tells what happens. Its secrets are never given back.</summary>
/// <param name="Events">What it tells.</param>
/// <param name="Target">Where it goes, as far as that is no secret: a chat, an address, a host.</param>
/// <param name="Enabled">Whether it is in use; what happens while it is not is never told by it.</param>
/// <param name="Waiting">How many messages wait for their turn or for another try.</param>
/// <param name="Dead">How many could not be delivered and were given up.</param>
/// <param name="LastSentAt">When the other side last took one.</param>
/// <param name="Trouble">Why the oldest waiting message could not be delivered yet; null where nothing is wrong.</param>
public sealed record ChannelView(
    Guid Id, string Name, ChannelKind Kind, IReadOnlyList<NotifiedEvent> Events, string Target, bool Enabled, DateTimeOffset CreatedAt,
    int Waiting, int Dead, DateTimeOffset? LastSentAt, string? Trouble);

/// <summary>Makes a channel. Which of the last five fields it takes depends on its kind: see <see cref="ChannelRules"/>.</summary>
public sealed record CreateChannel
{
    /// <summary>Unique in the project.</summary>
    public required string Name { get; init; }

    /// <summary>Cannot be changed later.</summary>
    public required ChannelKind Kind { get; init; }

    /// <summary>What it tells; at least one.</summary>
    public required IReadOnlyList<NotifiedEvent> Events { get; init; }

    /// <summary>Telegram: the bot's token, as @BotFather gave it. Secret.</summary>
    public string? BotToken { get; init; }

    /// <summary>Telegram: the chat's number, or <c>@name</c> of a public channel.</summary>
    public string? Chat { get; init; }

    /// <summary>E-mail: the address.</summary>
    public string? Address { get; init; }

    /// <summary>Webhook, Slack: where to. Secret.</summary>
    public string? Url { get; init; }

    /// <summary>Webhook: the key of the signature. Secret.</summary>
    public string? Secret { get; init; }
}

/// <summary>Changes a channel; what is null stays as it is. What belongs to another kind is refused.</summary>
public sealed record PatchChannel
{
    /// <summary>See <see cref="CreateChannel.Name"/>.</summary>
    public string? Name { get; init; }

    /// <summary>See <see cref="CreateChannel.Events"/>.</summary>
    public IReadOnlyList<NotifiedEvent>? Events { get; init; }

    /// <summary>See <see cref="ChannelView.Enabled"/>.</summary>
    public bool? Enabled { get; init; }

    /// <summary>See <see cref="CreateChannel.BotToken"/>.</summary>
    public string? BotToken { get; init; }

    /// <summary>See <see cref="CreateChannel.Chat"/>.</summary>
    public string? Chat { get; init; }

    /// <summary>See <see cref="CreateChannel.Address"/>.</summary>
    public string? Address { get; init; }

    /// <summary>See <see cref="CreateChannel.Url"/>.</summary>
    public string? Url { get; init; }

    /// <summary>See <see cref="CreateChannel.Secret"/>.</summary>
    public string? Secret { get; init; }
}

/// <summary>What became of a test message.</summary>
/// <param name="Delivered">Whether the other side took it.</param>
/// <param name="Answer">What it answered, in words.</param>
public sealed record ChannelTest(bool Delivered, string Answer);

/// <summary>Where a message to a channel is.</summary>
public enum DeliveryState
{
    /// <summary>It waits for its turn, or for another try.</summary>
    Waiting,

    /// <summary>The other side has taken it.</summary>
    Sent,

    /// <summary>Given up; a person can have it tried again.</summary>
    Dead,
}

/// <summary>A message to a channel.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="App">Which app it is about; null where it is about none.</param>
/// <param name="At">When it happened.</param>
/// <param name="Attempts">How many tries failed.</param>
/// <param name="DueAt">When it is tried next, where it waits.</param>
/// <param name="Error">Why the last try failed; null where none did.</param>
public sealed record DeliveryView(
    long Id, string Channel, NotifiedEvent Event, string? App, string Title, DateTimeOffset At, DeliveryState State, int Attempts,
    DateTimeOffset? DueAt, string? Error);

/// <summary>
/// The body of a webhook's request. It comes with <c>Slipway-Timestamp</c> (Unix seconds), <c>Slipway-Delivery</c> (the same for every
/// try of a message) and <c>Slipway-Signature</c>: <c>v1=</c> and the HMAC-SHA256, in hexadecimal, of the timestamp, a dot and the body.
/// </summary>
/// <param name="Id">The same for every try of a message: take a message whose id is known already for done.</param>
/// <param name="State"><c>firing</c> or <c>resolved</c> of an alert, <c>ready</c> or <c>failed</c> of a release, <c>changed</c> of a role, <c>test</c>.</param>
/// <param name="Rule">Of an alert, such as <c>AppDown</c>.</param>
/// <param name="Link">The page in the portal.</param>
public sealed record WebhookMessage(
    Guid Id, NotifiedEvent? Event, string State, string Project, string? App, string? Rule, string Title, string Text, DateTimeOffset At, string Link);
