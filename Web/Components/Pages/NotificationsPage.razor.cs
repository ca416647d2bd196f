using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Live;

namespace Slipway.Web.Components.Pages;

/// <summary>The ways by which a project tells what happens; its creators change them.</summary>
public sealed partial class NotificationsPage
{
    private Poll? poll;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        // Messages go out and fail by themselves.
        poll = new(_ => List is null ? Task.CompletedTask : LoadAndShow(), TimeSpan.FromSeconds(5));
        _ = poll.Start(InvokeAsync);
    }

    protected override Task<Page<ChannelView>> Ask(PageQuery query, CancellationToken cancel) => Api.Channels(Project, query, cancel);

    protected override void Dispose(bool disposing)
    {
        poll?.Dispose();
        base.Dispose(disposing);
    }

    private async Task Edit(ChannelView? channel)
    {
        var dialog = await Dialogs.ShowAsync<ChannelDialog>(null, new DialogParameters<ChannelDialog> { { d => d.Project, Project }, { d => d.Channel, channel } });
        if (await dialog.Result is { Canceled: false })
        {
            await LoadAndShow();
        }
    }
}
