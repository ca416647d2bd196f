using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Slipway.AppHost.Engine.Running;
using Slipway.AppHost.Engine.Telemetry;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>The web page about a run: what there is, how it is, what it prints. On the loopback address only.</summary>
sealed class DashboardServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly CancellationTokenSource _closing = new();

    DashboardServer(WebApplication app, string address)
    {
        _app = app;
        Address = address;
    }

    public string Address { get; }

    public static async Task<DashboardServer> StartAsync(Orchestrator orchestrator, OtlpReceiver telemetry, int port)
    {
        var address = $"http://{RunValues.Host}:{port}";
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls(address).ConfigureKestrel(k => k.AddServerHeader = false);
        var server = new DashboardServer(builder.Build(), address);
        server._app.Use(RequestGuard.Check);
        server._app.UseRouting();
        server.MapRoutes(orchestrator, new UsageSampler(orchestrator, TimeProvider.System));
        server.MapTraces(telemetry);
        await server._app.StartAsync();
        return server;
    }

    void MapRoutes(Orchestrator orchestrator, UsageSampler usage)
    {
        var page = new DashboardPage(orchestrator, usage, TimeProvider.System);
        _app.MapGet("/", context => WriteAsync(context, "text/html; charset=utf-8", page.Render(context.Request.Query["resource"], context.Request.Query["view"])));
        _app.MapGet("/assets/{name}", SendAssetAsync);
        _app.MapGet("/events", context => new EventStream(orchestrator, page).SendAsync(context, _closing.Token));
        _app.MapGet("/resources/{name}/environment", OfResource((context, r) => WriteAsync(context, "text/html; charset=utf-8", DashboardPage.Environment(r))));
        _app.MapGet("/resources/{name}/log.txt", OfResource(SendLogAsync));
        _app.MapPost("/resources/{name}/start", OfResource((context, r) => ControlAsync(context, r, r.StartAsync)));
        _app.MapPost("/resources/{name}/stop", OfResource((context, r) => ControlAsync(context, r, r.StopAsync)));
        _app.MapPost("/resources/{name}/restart", OfResource((context, r) => ControlAsync(context, r, r.RestartAsync)));

        RequestDelegate OfResource(Func<HttpContext, RunningResource, Task> answer) => context =>
        {
            if (orchestrator.Find((string)context.Request.RouteValues["name"]!) is { } resource)
            {
                return answer(context, resource);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
    }

    void MapTraces(OtlpReceiver telemetry)
    {
        telemetry.MapRoutes(_app);
        _app.MapGet("/traces", context => WriteAsync(context, "text/html; charset=utf-8", TracesPage.List(telemetry.Traces.All())));
        _app.MapGet("/traces/{id}", context =>
        {
            if (telemetry.Traces.Find((string)context.Request.RouteValues["id"]!) is { } trace)
            {
                return WriteAsync(context, "text/html; charset=utf-8", TracesPage.One(trace));
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return WriteAsync(context, "text/plain; charset=utf-8", "This trace is not kept any longer.");
        });
    }

    /// <summary>Answers at once: how it goes is seen in the table.</summary>
    static Task ControlAsync(HttpContext context, RunningResource resource, Func<Task> action)
    {
        if (resource.CanBeControlled)
        {
            _ = action();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
        }

        return Task.CompletedTask;
    }

    static async Task SendLogAsync(HttpContext context, RunningResource resource)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{resource.Name}.log\"";
        await foreach (var batch in resource.Log.FollowAsync(0, context.RequestAborted))
        {
            foreach (var line in batch)
            {
                await context.Response.WriteAsync($"{line.Time:O} {line.Source,-6} {line.Text}\n", context.RequestAborted);
            }

            return; // the first batch is all that is kept
        }
    }

    static async Task SendAssetAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        await using var asset = Assembly.GetExecutingAssembly().GetManifestResourceStream($"dashboard/{name}");
        if (asset is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "image/svg+xml",
        };
        context.Response.Headers.CacheControl = "no-cache";
        await asset.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        // Event streams never end by themselves.
        await _closing.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
    }
}
