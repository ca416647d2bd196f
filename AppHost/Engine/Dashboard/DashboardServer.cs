using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>The web page about a run, on the loopback address only.</summary>
sealed class DashboardServer : IAsyncDisposable
{
    readonly WebApplication _app;

    DashboardServer(WebApplication app, string address)
    {
        _app = app;
        Address = address;
    }

    public string Address { get; }

    public static async Task<DashboardServer> StartAsync(Orchestrator orchestrator, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var address = $"http://{RunValues.Host}:{port}";
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        _ = orchestrator;
        await app.StartAsync();
        return new(app, address);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
