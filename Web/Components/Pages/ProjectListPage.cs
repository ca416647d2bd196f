using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Live;

namespace Slipway.Web.Components.Pages;

/// <summary>
/// A page with a list of something in a project. It follows the project's event stream, which the API ends when what the person may do
/// changes: then the page asks again, and a person who was removed is told that there is nothing here.
/// </summary>
public abstract class ProjectListPage<T> : ListPage<T>
{
    private CancellationTokenSource? following;
    private string? followed;

    [Parameter]
    public string Project { get; set; } = "";

    [Inject]
    private protected ProjectList Projects { get; set; } = default!;

    /// <summary>The project with the person's role; null until it is known.</summary>
    protected ProjectView? View { get; private set; }

    /// <summary>Whether there is no such project for this person.</summary>
    protected bool Missing { get; private set; }

    protected bool May(Permission permission) => View?.Role.May(permission) is true;

    protected override async Task OnParametersSetAsync()
    {
        var moved = Moved();
        if (followed != Project)
        {
            followed = Project;
            (View, Missing) = (null, false);
            Forget();
            _ = Follow();
        }
        else if (moved)
        {
            await Load();
        }
    }

    protected override async Task Load()
    {
        try
        {
            View = await Api.Project(Project, Leaving);
            Projects.Saw(View);
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.NotFound)
        {
            await Miss();
            return;
        }
        catch (SlipwayApiException e)
        {
            Explain(e);
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await base.Load();
    }

    protected override void Dispose(bool disposing)
    {
        following?.Dispose();
        base.Dispose(disposing);
    }

    private async Task Follow()
    {
        following?.Cancel();
        following?.Dispose();
        following = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        var stop = following.Token;
        var feed = new ProjectFeed(Api, () => InvokeAsync(LoadAndShow), _ => Task.CompletedTask, _ => Task.CompletedTask);
        if (!await feed.Follow(Project, stop) && !stop.IsCancellationRequested)
        {
            await InvokeAsync(Miss);
        }
    }

    private async Task Miss()
    {
        if (!Missing)
        {
            Missing = true;
            StateHasChanged();
            await Do(() => Projects.Reload(Leaving));
        }
    }
}
