using System.Collections.Concurrent;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Tests.Infrastructure;

/// <summary>A call to the cluster's API.</summary>
/// <param name="Refusal">What the cluster said where it refused; null where it did not.</param>
sealed record ClusterCall(string Method, string Path, string Query, int Status, string? Refusal)
{
    /// <summary>Whether it changes something (and is not a question about rights).</summary>
    public bool Writes => Method is not ("GET" or "HEAD") && !Path.Contains("/authorization.k8s.io/", StringComparison.Ordinal);

    /// <summary>Whether it opens a watch.</summary>
    public bool Watches => Query.Contains("watch=true", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Passes HTTP requests on to the cluster with the run's credentials and keeps what was asked: what one API process does is counted here.</summary>
sealed class ClusterMeter : IAsyncDisposable
{
    private readonly ConcurrentQueue<ClusterCall> calls = new();
    private readonly Kubernetes cluster;
    private readonly WebApplication app;

    private ClusterMeter()
    {
        var configuration = TestCluster.Configuration();
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        cluster = new(configuration);
        var port = ChildProcess.FreePort();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MinResponseDataRate = null);
        app = builder.Build();
        app.Run(Pass);
        KubeConfig = KubeConfigs.Write(new($"http://127.0.0.1:{port}"), credentials: false);
    }

    /// <summary>The path of a kubeconfig that goes through here.</summary>
    public string KubeConfig { get; }

    /// <summary>Every call whose answer began, in order.</summary>
    public IReadOnlyList<ClusterCall> Calls => [.. calls];

    public static async Task<ClusterMeter> Start()
    {
        var meter = new ClusterMeter();
        await meter.app.StartAsync();
        return meter;
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
        cluster.Dispose();
        KubeConfigs.Delete(KubeConfig);
    }

    private async Task Pass(HttpContext context)
    {
        var asked = context.Request;
        using var request = new HttpRequestMessage(new(asked.Method), new Uri(cluster.BaseUri, $"{asked.Path}{asked.QueryString}"));
        if (asked.ContentLength > 0 || asked.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(asked.Body);
        }

        foreach (var (name, values) in asked.Headers.Where(h => h.Key is not ("Host" or "Connection" or "Transfer-Encoding" or "Authorization")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        try
        {
            using var answer = await cluster.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (!answer.IsSuccessStatusCode)
            {
                await answer.Content.LoadIntoBufferAsync(context.RequestAborted);
            }

            calls.Enqueue(new(asked.Method, asked.Path, asked.QueryString.ToString(), (int)answer.StatusCode,
                answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync(context.RequestAborted)));
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key != "Transfer-Encoding"))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await context.Response.StartAsync(context.RequestAborted);
            await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
            var buffer = new byte[64 * 1024];
            while (await body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }
}
