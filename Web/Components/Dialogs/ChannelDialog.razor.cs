using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Forms;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Dialogs;

/// <summary>Makes a notification channel, or changes one: its secrets are never shown, and stay where they are not entered again.</summary>
public sealed partial class ChannelDialog
{
    private static readonly IReadOnlyList<(string, string)> Kinds = [.. Enum.GetValues<ChannelKind>().Select(k => (k.ToString(), AlertWords.Say(k)))];

    private const string ChatHelp = "Its number, such as -1001234567890, or @name of a public channel. The bot has to be in it.";

    private readonly FieldErrors errors = new();
    private readonly HashSet<NotifiedEvent> events = [];
    private ChannelKind kind;
    private string name = "", botToken = "", chat = "", address = "", url = "", secret = "";
    private string? problem;
    private bool busy;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Parameter]
    [EditorRequired]
    public string Project { get; set; } = "";

    /// <summary>The one to change; null: a new one.</summary>
    [Parameter]
    public ChannelView? Channel { get; set; }

    [Inject]
    private SlipwayClient Api { get; set; } = default!;

    protected override void OnInitialized()
    {
        events.UnionWith(Channel?.Events ?? [NotifiedEvent.Alerts, NotifiedEvent.FailedDeploys]);
        kind = Channel?.Kind ?? ChannelKind.Telegram;
        name = Channel?.Name ?? "";
        chat = kind is ChannelKind.Telegram ? Channel?.Target ?? "" : "";
        address = kind is ChannelKind.Email ? Channel?.Target ?? "" : "";
    }

    private string Kept(string helper) => Channel is null ? helper : "Leave it empty to keep the one that there is.";

    private void Choose(ChannelKind chosen)
    {
        kind = chosen;
        errors.Show(new Dictionary<string, string[]>());
    }

    private void Choose(NotifiedEvent happened, bool wanted)
    {
        errors.Clear("events");
        _ = wanted ? events.Add(happened) : events.Remove(happened);
    }

    private void Set(string field, Action set)
    {
        set();
        errors.Clear(field);
    }

    private static string? Given(string text) => text.Trim() is { Length: > 0 } given ? given : null;

    private CreateChannel Wanted => new()
    {
        Name = name.Trim(),
        Kind = kind,
        Events = [.. events.Order()],
        BotToken = kind is ChannelKind.Telegram ? Given(botToken) : null,
        Chat = kind is ChannelKind.Telegram ? Given(chat) : null,
        Address = kind is ChannelKind.Email ? Given(address) : null,
        Url = kind is ChannelKind.Webhook or ChannelKind.Slack ? Given(url) : null,
        Secret = kind is ChannelKind.Webhook ? Given(secret) : null,
    };

    private async Task Save()
    {
        var wanted = Wanted;
        var patch = new PatchChannel { Name = wanted.Name, Events = wanted.Events, BotToken = wanted.BotToken, Chat = wanted.Chat, Address = wanted.Address, Url = wanted.Url, Secret = wanted.Secret };
        errors.Show(Channel is null ? ChannelRules.Check(wanted) : ChannelRules.Check(kind, patch));
        if (busy || errors.Any)
        {
            return;
        }

        (busy, problem) = (true, null);
        try
        {
            Dialog.Close(Channel is null ? await Api.CreateChannel(Project, wanted) : await Api.PatchChannel(Project, Channel.Id, patch));
        }
        catch (SlipwayApiException e)
        {
            errors.Show(e.Errors);
            var besides = errors.Besides("name", "kind", "events", "botToken", "chat", "address", "url", "secret");
            problem = e.Errors.Count == 0 ? e.Message : besides.Count > 0 ? string.Join(' ', besides) : null;
        }
        finally
        {
            busy = false;
        }
    }
}
