using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Slipway.Contracts;

namespace Slipway.Web.Components.Metrics;

/// <summary>
/// What an app, or the apps of a project, used. The range is in the address, so that a link shows a colleague the same. While the page is
/// out of sight nothing is asked for.
/// </summary>
public sealed partial class MetricsPanel : IAsyncDisposable
{
    private const string DefaultRange = "1h";
    private static readonly string[] Ranges = ["15m", DefaultRange, "6h", "24h", "7d", "30d"];
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource leaving = new();
    private (string, string?, string)? shown;
    private MetricsView? view;
    private IReadOnlyList<MetricsLink> links = [];
    private IJSObjectReference? module, timer;
    private DotNetObjectReference<MetricsPanel>? self;
    private string? problem;

    [Parameter]
    [EditorRequired]
    public string Project { get; set; } = "";

    /// <summary>Null: all apps of the project.</summary>
    [Parameter]
    public string? App { get; set; }

    /// <summary>From the address, through the page.</summary>
    [Parameter]
    public string? Range { get; set; }

    [Inject]
    private SlipwayClient Api { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private string Wanted => Ranges.Contains(Range) ? Range! : DefaultRange;

    /// <summary>Asks for newer numbers; called by charts.js.</summary>
    [JSInvokable]
    public async Task Refresh()
    {
        await Load();
        StateHasChanged();
    }

    protected override async Task OnParametersSetAsync()
    {
        var now = (Project, App, Wanted);
        if (shown == now)
        {
            return;
        }

        var same = shown is { } before && (before.Item1, before.Item2) == (Project, App);
        shown = now;
        (view, links) = (same ? view : null, same ? links : []);
        await Load();
        if (!same && App is { } app)
        {
            await Try(async () => links = (await Api.Links(Project, app, leaving.Token)).Links);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            module = await Js.InvokeAsync<IJSObjectReference>("import", "./charts.js");
            self = DotNetObjectReference.Create(this);
            timer = await module.InvokeAsync<IJSObjectReference>("keepFresh", self, Every.TotalMilliseconds);
            StateHasChanged();
        }
    }

    private Task Load() => Try(async () =>
    {
        var asked = shown;
        var query = new MetricsQuery(Wanted);
        var fresh = App is { } app ? await Api.Metrics(Project, app, query, leaving.Token) : await Api.Metrics(Project, query, leaving.Token);
        // Somebody may have gone on while it was on its way.
        if (asked == shown)
        {
            (view, problem) = (fresh, null);
        }
    });

    private async Task Try(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Left.
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
        {
            // The page around says so.
        }
        catch (SlipwayApiException e)
        {
            problem = e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        try
        {
            if (timer is not null)
            {
                await timer.InvokeVoidAsync("dispose");
                await timer.DisposeAsync();
            }

            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its timer with it.
        }

        self?.Dispose();
        leaving.Dispose();
    }
}
