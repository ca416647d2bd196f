using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>A page with one list in it. What is searched for, and which part of the list is shown, are in the address.</summary>
public abstract class ListPage<T> : PortalPage
{
    protected const int PageSize = 25;
    private PageQuery? asked;

    [SupplyParameterFromQuery(Name = "q")]
    protected string? Search { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    protected int? WantedPage { get; set; }

    [Inject]
    private protected ApiReachability Reachability { get; set; } = default!;

    /// <summary>What is shown; null until it is known.</summary>
    protected Page<T>? List { get; private set; }

    /// <summary>Why it could not be had, in the API's words; null where it could.</summary>
    protected string? Trouble { get; set; }

    /// <summary>Why the person may not see it, in the API's words; null where they may.</summary>
    protected string? Refusal { get; private set; }

    protected int PageNumber => Math.Max(1, WantedPage ?? 1);

    protected abstract Task<Page<T>> Ask(PageQuery query, CancellationToken cancel);

    protected override void OnInitialized() => Reachability.Changed += Again;

    protected override Task OnParametersSetAsync() => Moved() ? Load() : Task.CompletedTask;

    /// <summary>Whether the address asks for another part of the list than before.</summary>
    protected bool Moved()
    {
        var query = new PageQuery { Limit = PageSize, Offset = (PageNumber - 1) * PageSize, Search = string.IsNullOrEmpty(Search) ? null : Search };
        var moved = query != asked;
        asked = query;
        return moved;
    }

    /// <summary>What is shown is of something else.</summary>
    protected void Forget() => (List, Trouble, Refusal) = (null, null, null);

    protected virtual async Task Load()
    {
        var query = asked!;
        try
        {
            var answer = await Ask(query, Leaving);
            if (query != asked)
            {
                return;
            }

            if (answer.Items.Count == 0 && answer.Total > 0 && PageNumber > 1)
            {
                Turn((answer.Total + PageSize - 1) / PageSize);
                return;
            }

            (List, Trouble, Refusal) = (answer, null, null);
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Forbidden)
        {
            (List, Trouble, Refusal) = (null, null, e.Message);
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.BadRequest && new Uri(Navigation.Uri).Query.Length > 0)
        {
            // A query written by hand that the API does not understand.
            Navigation.NavigateTo(new Uri(Navigation.Uri).AbsolutePath, replace: true);
        }
        catch (SlipwayApiException e)
        {
            Explain(e);
        }
        catch (OperationCanceledException)
        {
            // Left.
        }
    }

    /// <summary>The banner says it where the API is away, and the page asks again when it is back.</summary>
    protected void Explain(SlipwayApiException e) => Trouble = Reachability.Reachable && e.Status is not HttpStatusCode.Unauthorized ? e.Message : null;

    protected async Task LoadAndShow()
    {
        await Load();
        StateHasChanged();
    }

    protected override Task Refused() => LoadAndShow();

    protected void Find(string? text) => Go(text, 1);

    protected void Turn(int number) => Go(Search, number);

    protected override void Dispose(bool disposing)
    {
        Reachability.Changed -= Again;
        base.Dispose(disposing);
    }

    private void Again(object? sender, EventArgs e) => _ = Reachability.Reachable ? InvokeAsync(LoadAndShow) : Task.CompletedTask;

    private void Go(string? search, int number) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            ["page"] = number > 1 ? number : null,
        }),
        replace: true);
}
