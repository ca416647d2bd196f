using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Controls;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Forms;
using Slipway.Web.Live;

namespace Slipway.Web.Components.Pages;

/// <summary>One app: what it is, what it does, and what can be done with it. The parts under its tabs are components of their own.</summary>
public sealed partial class AppPage
{
    private const int EventsStep = 30;

    // What the event stream does not carry (pods, timeline) is asked for on each change, and from time to time: often while
    // something is on its way.
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1.5), Seldom = TimeSpan.FromSeconds(15);

    private readonly FieldErrors imageErrors = new();
    private readonly SemaphoreSlim moved = new(0, 1);
    private CancellationTokenSource? following;
    private (string, string) followed;
    private AppView? app;
    private Role? role;
    private IReadOnlyList<PodView>? pods;
    private IReadOnlyList<TimelineEntry>? events;
    private int eventsTotal, eventsWanted = EventsStep;
    private string image = "";
    private bool missing, gone, reconnecting, busy, imageTyped;

    [Parameter]
    public string Project { get; set; } = "";

    [Parameter]
    public string Name { get; set; } = "";

    [SupplyParameterFromQuery]
    private string? Tab { get; set; }

    [SupplyParameterFromQuery]
    private string? Range { get; set; }

    [SupplyParameterFromQuery]
    private string? Pod { get; set; }

    [SupplyParameterFromQuery]
    private bool Previous { get; set; }

    [SupplyParameterFromQuery(Name = "tail")]
    private int? WantedTail { get; set; }

    [SupplyParameterFromQuery(Name = "find")]
    private string? Filter { get; set; }

    [SupplyParameterFromQuery]
    private bool Wrap { get; set; }

    [SupplyParameterFromQuery]
    private Guid? Crash { get; set; }

    [Inject]
    private ProjectList Projects { get; set; } = default!;

    private IReadOnlyList<TabBar.Tab> Tabs =>
    [
        Part(null, "Overview", Icons.Material.Rounded.Insights),
        Part("metrics", "Metrics", Icons.Material.Rounded.ShowChart),
        Part("logs", "Logs", Icons.Material.Rounded.Subject),
        Part("alerts", "Alerts", Icons.Material.Rounded.NotificationsActive),
        Part("releases", "Releases", Icons.Material.Rounded.History),
        Part("settings", "Settings", Icons.Material.Rounded.Tune),
    ];

    private TabBar.Tab Part(string? key, string text, string icon) => new(Paths.App(Project, Name, key), text, icon, $"tab-{key ?? "overview"}", key == Tab);

    private bool May(Permission permission) => role?.May(permission) is true;

    protected override void OnParametersSet()
    {
        if (followed != (Project, Name))
        {
            followed = (Project, Name);
            (app, role, pods, events, missing, gone, reconnecting, imageTyped) = (null, null, null, null, false, false, false, false);
            eventsWanted = EventsStep;
            following?.Cancel();
            following?.Dispose();
            following = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
            _ = Follow(following.Token);
            _ = KeepDetails(following.Token);
        }
    }

    private async Task Follow(CancellationToken stop)
    {
        var feed = new ProjectFeed(Api, () => InvokeAsync(() => Load(stop)), batch => InvokeAsync(() => Apply(batch)), live => InvokeAsync(() => Live(live)));
        if (!await feed.Follow(Project, stop) && !stop.IsCancellationRequested)
        {
            await InvokeAsync(() =>
            {
                Miss();
                return Do(() => Projects.Reload(Leaving));
            });
        }
    }

    private async Task Load(CancellationToken stop)
    {
        try
        {
            var project = Api.Project(Project, stop);
            var view = await Api.App(Project, Name, stop);
            Know(await project);
            Show(view);
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.NotFound)
        {
            // It was here a moment ago: then it is deleted, not mistyped.
            gone = app is not null;
            Miss();
        }
    }

    private void Know(ProjectView project)
    {
        role = project.Role;
        Projects.Saw(project);
    }

    protected override async Task Refused()
    {
        try
        {
            await Load(Leaving);
        }
        catch (Exception e) when (e is SlipwayApiException or OperationCanceledException)
        {
            // The next round asks again.
        }
    }

    private void Miss()
    {
        missing = true;
        StateHasChanged();
    }

    private void Live(bool live)
    {
        reconnecting = !live;
        StateHasChanged();
    }

    private void Apply(IReadOnlyDictionary<string, AppView?> batch)
    {
        if (!batch.TryGetValue(Name, out var change))
        {
            return;
        }

        if (change is null)
        {
            gone = true;
            StateHasChanged();
        }
        else
        {
            Show(change);
        }
    }

    private void Show(AppView view)
    {
        (app, missing, gone) = (view, false, false);
        if (!imageTyped)
        {
            image = view.Spec.Image;
        }

        if (moved.CurrentCount == 0)
        {
            moved.Release();
        }

        StateHasChanged();
    }

    private async Task KeepDetails(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await moved.WaitAsync(app?.Status.State is AppState.Deploying or AppState.Deleting ? Often : Seldom, stop);
                if (app is not null && !gone && !missing)
                {
                    await LoadDetails(stop);
                    await InvokeAsync(StateHasChanged);
                }

                // However fast the changes come, this is asked for at most some times a second.
                await Task.Delay(300, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Left, or another app is looked at.
        }
    }

    private async Task LoadDetails(CancellationToken stop)
    {
        try
        {
            // The role, too: it may have changed since the page was opened.
            var project = Api.Project(Project, stop);
            var timeline = Api.Events(Project, Name, new() { Limit = eventsWanted }, stop);
            pods = (await Api.Pods(Project, Name, new() { Limit = 100 }, stop)).Items;
            var page = await timeline;
            (events, eventsTotal) = (page.Items, page.Total);
            Know(await project);
        }
        catch (SlipwayApiException)
        {
            // The next round tries again; the banner says when the API is away.
        }
    }

    private Task MoreEvents()
    {
        eventsWanted = Math.Min(PageQuery.MaxLimit, eventsWanted * 3);
        return LoadDetails(Leaving);
    }

    private void ImageTyped(string? text)
    {
        image = text ?? "";
        imageTyped = image.Trim() != app?.Spec.Image;
        if (imageErrors.Any)
        {
            CheckImage();
        }
    }

    private bool CheckImage()
    {
        imageErrors.Clear("image");
        if (AppRules.ExplainImage(image.Trim()) is { } sentence)
        {
            imageErrors.Show(new Dictionary<string, string[]> { ["image"] = [sentence] });
        }

        return !imageErrors.Any;
    }

    private async Task ChangeImage()
    {
        if (!busy && CheckImage() && image.Trim() != app?.Spec.Image)
        {
            await Change(() => Api.PatchApp(Project, Name, new() { Image = image.Trim() }, Leaving), imageErrors, () => imageTyped = false);
        }
    }

    private Task Act(AppAction action) => Change(() => action switch
    {
        AppAction.Restart => Api.RestartApp(Project, Name, Leaving),
        AppAction.Stop => Api.StopApp(Project, Name, Leaving),
        _ => Api.StartApp(Project, Name, Leaving),
    });

    private async Task Change(Func<Task<AppView>> change, FieldErrors? errors = null, Action? done = null)
    {
        busy = true;
        await Do(
            async () =>
            {
                var view = await change();
                done?.Invoke();
                Show(view);
            },
            errors);
        busy = false;
    }

    private Task Delete() => DeleteDialog.Open(Dialogs, Api, app!, () =>
    {
        Snackbar.Add($"{Name} is on its way out.", Severity.Info);
        Navigation.NavigateTo(Paths.Project(Project));
    });

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        following?.Dispose();
    }
}
