using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Notifications;

/// <summary>An API of its own that may reach this machine, with servers of every kind to tell things to.</summary>
public sealed class NotificationStage : IAsyncLifetime
{
    public const string Secret = "a key for the signature, made up", AlertToken = "the token of Alertmanager alone";

    internal TestDatabase Database { get; private set; } = null!;

    internal ApiProcess Api { get; private set; } = null!;

    internal TelegramServer Telegram { get; } = new();

    internal HttpReceiver Receiver { get; } = new();

    internal MailServer Mail { get; } = new();

    internal IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>(Mail.Settings)
    {
        ["Notifications__AllowPrivateAddresses"] = "true",
        ["Notifications__TelegramUrl"] = Telegram.Address.ToString(),
        ["Notifications__FirstRetrySeconds"] = "0.5",
        ["Notifications__LongestRetrySeconds"] = "2",
        ["Alerts__Token"] = AlertToken,
    };

    public async ValueTask InitializeAsync()
    {
        await Telegram.Start();
        await Receiver.Start();
        Database = await TestDatabase.Create();
        Api = await ApiProcess.Start(Database, settings: Settings);
        // The first account administers the platform: that is to be nobody of the tests.
        using var administrator = await NewUser();
    }

    /// <summary>A new person, whose address needs no confirming.</summary>
    internal Task<TestUser> NewUser() => TestUser.Register(Api, user => Confirm(Database, user.Email));

    /// <summary>Does what a click on the link in the e-mail does.</summary>
    internal static async Task Confirm(TestDatabase database, string email)
    {
        await using var command = database.Source.CreateCommand("UPDATE users SET email_confirmed = true WHERE email = $1");
        command.Parameters.Add(new() { Value = email });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A channel of each kind for everything.</summary>
    internal async Task<IReadOnlyDictionary<ChannelKind, ChannelView>> AllChannels(TestUser user, string project)
    {
        var all = Enum.GetValues<NotifiedEvent>();
        var channels = new Dictionary<ChannelKind, ChannelView>();
        foreach (var request in (CreateChannel[])
        [
            new() { Name = "Ops chat", Kind = ChannelKind.Telegram, Events = all, BotToken = TelegramServer.Token, Chat = TelegramServer.Chat },
            new() { Name = "Team", Kind = ChannelKind.Email, Events = all, Address = $"team.{project}@example.com" },
            new() { Name = "Pager", Kind = ChannelKind.Webhook, Events = all, Url = $"{Receiver.Address}hook/{project}", Secret = Secret },
            new() { Name = "Slack", Kind = ChannelKind.Slack, Events = all, Url = $"{Receiver.Address}slack/{project}" },
        ])
        {
            channels[request.Kind] = await user.Client.CreateChannel(project, request);
        }

        return channels;
    }

    /// <summary>What the webhook of a project took.</summary>
    internal IReadOnlyList<ReceivedRequest> Hooks(string project) => [.. Receiver.Received.Where(r => r.Path == $"/hook/{project}")];

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(TestEnvironment.Results, "api-notifications.log"), Api.Log);
        await Database.DisposeAsync();
        await Telegram.DisposeAsync();
        await Receiver.DisposeAsync();
        await Mail.DisposeAsync();
    }
}
