using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Tests.Infrastructure;

/// <summary>A request that came.</summary>
sealed record ReceivedRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A real HTTP server on this machine that keeps what is posted to it, and can be away.</summary>
class HttpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedRequest> received = new();
    private readonly int port = ChildProcess.FreePort();
    private WebApplication? app;

    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>What it took, in the order in which it came.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. received];

    /// <summary>What it answers; what is not 2xx is not kept as taken.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>How many requests it has not taken.</summary>
    public int Refused { get; private set; }

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        app = builder.Build();
        app.Run(Take);
        await app.StartAsync();
    }

    /// <summary>Goes away: from now on connections are refused.</summary>
    public async Task Stop()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
            app = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Stop();
    }

    /// <summary>Answers a request, and says whether it was taken.</summary>
    protected virtual Task<bool> Answer(ReceivedRequest request, HttpResponse response)
    {
        response.StatusCode = Status;
        return Task.FromResult(Status is >= 200 and < 300);
    }

    private async Task Take(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var request = new ReceivedRequest(http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        if (await Answer(request, http.Response))
        {
            received.Enqueue(request);
        }
        else
        {
            Refused++;
        }
    }
}
