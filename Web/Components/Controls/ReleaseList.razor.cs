using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Controls;

/// <summary>An app's releases, newest first, each with what it changed, and the way back.</summary>
public sealed partial class ReleaseList : IDisposable
{
    private const int Step = 20;
    private readonly CancellationTokenSource leaving = new();
    private IReadOnlyList<ReleaseView>? releases;
    private (int, AppState)? seen;
    private int total, wanted = Step;

    [Parameter]
    [EditorRequired]
    public AppView App { get; set; } = default!;

    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>The app as it is wanted after a rollback.</summary>
    [Parameter]
    public EventCallback<AppView> OnRolledBack { get; set; }

    [Inject]
    private SlipwayClient Api { get; set; } = default!;

    [Inject]
    private IDialogService Dialogs { get; set; } = default!;

    // An outcome changes when the state does.
    protected override async Task OnParametersSetAsync()
    {
        var now = (App.Release, App.Status.State);
        if (seen != now)
        {
            seen = now;
            await Load();
        }
    }

    private async Task Load()
    {
        try
        {
            // One more than is shown: the last one is compared with the one before it.
            var page = await Api.Releases(App.Project, App.Name, new() { Limit = Math.Min(PageQuery.MaxLimit, wanted + 1) }, leaving.Token);
            (releases, total) = (page.Items, page.Total);
        }
        catch (Exception e) when (e is SlipwayApiException or OperationCanceledException)
        {
            // Asked for again at the next change; the banner says when the API is away.
            seen = null;
        }
    }

    private Task Older()
    {
        wanted = Math.Min(PageQuery.MaxLimit - 1, wanted * 3);
        return Load();
    }

    private IReadOnlyList<string> Changes(int index) =>
        index + 1 < releases!.Count ? ReleaseChanges.Say(releases[index + 1].Spec, releases[index].Spec) : [];

    private async Task RollBack(ReleaseView release)
    {
        var changes = ReleaseChanges.Say(App.Spec, release.Spec);
        AppView? after = null;
        var dialog = await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, $"Roll back to release #{release.Number}?" },
            {
                d => d.Message,
                $"This makes release #{App.Release + 1} with all that #{release.Number} asked for, its variables included."
                    + (changes.Count > 0 ? " Against what runs now:" : "")
            },
            { d => d.Points, changes },
            { d => d.Button, "Roll back" },
            { d => d.Action, async () => after = await Api.Rollback(App.Project, App.Name, release.Number) },
        });
        if (await dialog.Result is { Canceled: false } && after is not null)
        {
            await OnRolledBack.InvokeAsync(after);
        }
    }

    public void Dispose()
    {
        leaving.Cancel();
        leaving.Dispose();
    }
}
