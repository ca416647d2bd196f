using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Slipway.Web.Live;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Layout;

/// <summary>The frame around every page of a signed-in person.</summary>
public sealed partial class MainLayout : IDisposable
{
    private ErrorBoundary? boundary;
    private bool drawer = true;
    private string? project, app;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private CircuitSession Session { get; set; } = default!;

    [Inject]
    private Ticker Ticker { get; set; } = default!;

    private string Here => new Uri(Navigation.Uri).PathAndQuery;

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += Locate;
        Locate();
        Ticker.Start();
        await Session.Watch(InvokeAsync);
    }

    public void Dispose() => Navigation.LocationChanged -= Locate;

    private void Locate(object? sender, LocationChangedEventArgs e)
    {
        Locate();
        boundary?.Recover();
        _ = InvokeAsync(StateHasChanged);
    }

    // /projects/{project}/apps/{app}: the layout is above the router and has to read it from the address.
    private void Locate()
    {
        var path = new Uri(Navigation.Uri).AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToList();
        project = path is ["projects", var p, ..] ? p : null;
        app = path is ["projects", _, "apps", var a, ..] ? a : null;
    }
}
