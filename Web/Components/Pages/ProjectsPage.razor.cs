using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Live;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>The projects that the person is in.</summary>
public sealed partial class ProjectsPage
{
    private const int PageSize = 24;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);
    private Page<ProjectView>? page;
    private PageQuery? asked;
    private string? trouble;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? WantedPage { get; set; }

    [Inject]
    private ProjectList List { get; set; } = default!;

    [Inject]
    private ApiReachability Reachability { get; set; } = default!;

    private int PageNumber => Math.Max(1, WantedPage ?? 1);

    protected override void OnInitialized() => _ = KeepFresh();

    protected override async Task OnParametersSetAsync()
    {
        var query = new PageQuery { Limit = PageSize, Offset = (PageNumber - 1) * PageSize, Search = string.IsNullOrEmpty(Search) ? null : Search };
        if (query != asked)
        {
            asked = query;
            await Load();
        }
    }

    private async Task Load()
    {
        var query = asked;
        try
        {
            var answer = await Api.Projects(query, Leaving);
            trouble = null;
            if (query == asked)
            {
                page = answer;
            }
        }
        catch (SlipwayApiException e)
        {
            // The banner says it where the API is away, and the next round tries again.
            trouble = Reachability.Reachable ? e.Message : null;
        }
        catch (OperationCanceledException)
        {
            // Left.
        }
    }

    // There is no stream over all projects; the counts may be some seconds old.
    private async Task KeepFresh()
    {
        using var timer = new PeriodicTimer(Refresh);
        Reachability.Changed += Again;
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
            {
                await InvokeAsync(LoadAndShow);
            }
        }
        catch (OperationCanceledException)
        {
            Reachability.Changed -= Again;
        }

        void Again(object? sender, EventArgs e) => _ = Reachability.Reachable ? InvokeAsync(LoadAndShow) : Task.CompletedTask;
    }

    private async Task LoadAndShow()
    {
        await Load();
        StateHasChanged();
    }

    private async Task Create()
    {
        var dialog = await Dialogs.ShowAsync<CreateProjectDialog>();
        if (await dialog.GetReturnValueAsync<ProjectView>() is { } project)
        {
            await Do(() => List.Reload(Leaving));
            Navigation.NavigateTo($"/projects/{project.Name}");
        }
    }

    private void Find(string? text) => Go(text, 1);

    private void Turn(int number) => Go(Search, number);

    private void Go(string? search, int number) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            ["page"] = number > 1 ? number : null,
        }),
        replace: true);
}
