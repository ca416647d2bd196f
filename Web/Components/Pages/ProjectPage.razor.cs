using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Controls;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Live;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>A project's apps, live.</summary>
public sealed partial class ProjectPage
{
    private const int PageSize = 25;

    // Of apps on other pages: a new one, or a new release of one, may move the rows of this page; a new status does not.
    private readonly HashSet<(string Name, int Release)> known = [];
    private CancellationTokenSource? following;
    private string? followed, pasted, trouble;
    private PageQuery? asked;
    private ProjectView? project;
    private Page<AppView>? list;
    private bool missing, reconnecting, listing, listAgain;

    [Parameter]
    public string Project { get; set; } = "";

    [SupplyParameterFromQuery(Name = "q")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? Sort { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? WantedPage { get; set; }

    [Inject]
    private ProjectList List { get; set; } = default!;

    [Inject]
    private ApiReachability Reachability { get; set; } = default!;

    private int PageNumber => Math.Max(1, WantedPage ?? 1);

    private bool May(Permission permission) => project?.Role.May(permission) is true;

    private string Summary => string.Join(" · ", project!.Apps.Where(e => e.Value > 0).OrderBy(e => e.Key)
        .Select(e => $"{e.Value} {e.Key.ToString().ToLowerInvariant()}"));

    protected override async Task OnParametersSetAsync()
    {
        var query = new PageQuery
        {
            Limit = PageSize,
            Offset = (PageNumber - 1) * PageSize,
            Sort = Sort,
            Search = string.IsNullOrEmpty(Search) ? null : Search,
        };
        var moved = query != asked;
        asked = query;
        if (followed != Project)
        {
            followed = Project;
            (project, list, missing, reconnecting) = (null, null, false, false);
            known.Clear();
            _ = Follow();
        }
        else if (moved)
        {
            await Reload();
        }
    }

    private async Task Follow()
    {
        following?.Cancel();
        following?.Dispose();
        following = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        var stop = following.Token;
        var feed = new ProjectFeed(Api, () => InvokeAsync(Reload), batch => InvokeAsync(() => Apply(batch)), live => InvokeAsync(() => Show(live)));
        if (!await feed.Follow(Project, stop) && !stop.IsCancellationRequested)
        {
            await InvokeAsync(Miss);
        }
    }

    private async Task Miss()
    {
        missing = true;
        StateHasChanged();
        await Do(() => List.Reload(Leaving));
    }

    protected override Task Refused() => Reload();

    private void Show(bool live)
    {
        reconnecting = !live;
        StateHasChanged();
    }

    // One at a time; what is asked for meanwhile is done once, afterwards.
    private async Task Reload()
    {
        listAgain = true;
        if (listing)
        {
            return;
        }

        listing = true;
        try
        {
            while (listAgain)
            {
                listAgain = false;
                await Load();
                trouble = null;
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // Left.
        }
        catch (SlipwayApiException e)
        {
            missing = e.Status is HttpStatusCode.NotFound;
            // Where the API is away the banner says so, and the feed asks again.
            trouble = Reachability.Reachable && e.Status is not HttpStatusCode.BadRequest ? e.Message : null;
            if (e.Status is HttpStatusCode.BadRequest)
            {
                // A query written by hand that the API does not understand.
                Navigation.NavigateTo(Paths.Project(Project), replace: true);
            }

            StateHasChanged();
        }
        finally
        {
            listing = false;
        }
    }

    private async Task Load()
    {
        var query = asked;
        var apps = Api.Apps(Project, query, Leaving);
        var view = await Api.Project(Project, Leaving);
        var answer = await apps;
        if (query != asked)
        {
            listAgain = true;
            return;
        }

        if (answer.Items.Count == 0 && answer.Total > 0 && PageNumber > 1)
        {
            Turn((answer.Total + PageSize - 1) / PageSize);
            return;
        }

        (project, list) = (view, answer);
        List.Saw(view);
        known.UnionWith(answer.Items.Select(app => (app.Name, app.Release)));
    }

    private async Task Apply(IReadOnlyDictionary<string, AppView?> batch)
    {
        if (list is null)
        {
            return;
        }

        var items = list.Items.Select(app => batch.GetValueOrDefault(app.Name) ?? app).ToList();
        var shown = items.Select(app => app.Name).ToHashSet();
        var moves = batch.Any(change => change.Value is null || (!shown.Contains(change.Key) && known.Add((change.Key, change.Value.Release))));
        var counts = moves || list.Items.Any(was => batch.TryGetValue(was.Name, out var now) && now?.Status.State != was.Status.State);
        list = list with { Items = items };
        StateHasChanged();
        if (counts)
        {
            await Reload();
        }
    }

    private async Task Act((AppView App, AppAction Action) asked)
    {
        var (app, action) = asked;
        if (action is AppAction.Delete)
        {
            await DeleteDialog.Open(Dialogs, Api, app);
            return;
        }

        await Do(async () => Replace(await (action switch
        {
            AppAction.Restart => Api.RestartApp(Project, app.Name, Leaving),
            AppAction.Stop => Api.StopApp(Project, app.Name, Leaving),
            _ => Api.StartApp(Project, app.Name, Leaving),
        })));
    }

    private void Replace(AppView app) =>
        list = list is null ? null : list with { Items = [.. list.Items.Select(was => was.Name == app.Name ? app : was)] };

    private Task<IDialogReference> Delete() => Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
    {
        { d => d.Title, $"Delete the project {Project}?" },
        { d => d.Message, "Its namespace goes from the cluster with all that is in it. This cannot be undone." },
        { d => d.Button, "Delete the project" },
        { d => d.Dangerous, true },
        { d => d.Word, Project },
        { d => d.Action, DeleteNow },
        { d => d.Done, () => Navigation.NavigateTo("/projects") },
    });

    private async Task DeleteNow()
    {
        await Api.DeleteProject(Project, Leaving);
        Snackbar.Add($"The project {Project} is deleted.", Severity.Success);
        await Do(() => List.Reload(Leaving));
    }

    private void DeployPasted() => Navigation.NavigateTo(Paths.Deploy(Project, pasted));

    private string? AriaSort(string field) => (Sort ?? "name") == field ? "ascending" : Sort == $"-{field}" ? "descending" : null;

    private void SortBy(string? sort) => Go(Search, sort, 1);

    private void Find(string? text) => Go(text, Sort, 1);

    private void Turn(int number) => Go(Search, Sort, number);

    private void Go(string? search, string? sort, int number) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            ["sort"] = sort,
            ["page"] = number > 1 ? number : null,
        }),
        replace: true);

    protected override void Dispose(bool disposing)
    {
        following?.Dispose();
        base.Dispose(disposing);
    }
}
