using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using k8s;
using Slipway.Tests.Infrastructure;

namespace Slipway.Bench;

/// <summary>One watch on a namespace's pods, which notes the moment at which each app's first pod is Ready.</summary>
sealed class ReadyWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> ready = new();
    private readonly CancellationTokenSource ended = new();
    private readonly Kubernetes client;
    private readonly Task watching;

    public ReadyWatch(string project)
    {
        var configuration = TestCluster.Configuration();
        configuration.HttpClientTimeout = Timeout.InfiniteTimeSpan;
        client = new(configuration);
        watching = Watch(project);
    }

    /// <summary>The <see cref="Stopwatch"/> timestamp at which a pod with this label value was first seen Ready.</summary>
    public Task<long> Ready(string appName) => Of(appName).Task.WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await watching;
        client.Dispose();
        ended.Dispose();
    }

    private async Task Watch(string project)
    {
        try
        {
            await using var stream = await client.HttpClient.GetStreamAsync(new Uri(client.BaseUri, $"api/v1/namespaces/{project}/pods?watch=1"), ended.Token);
            using var lines = new StreamReader(stream);
            while (await lines.ReadLineAsync(ended.Token) is { } line)
            {
                var now = Stopwatch.GetTimestamp();
                using var change = JsonDocument.Parse(line);
                var pod = change.RootElement.GetProperty("object");
                if (pod.GetProperty("status").TryGetProperty("conditions", out var conditions)
                    && conditions.EnumerateArray().Any(c => c.GetProperty("type").GetString() == "Ready" && c.GetProperty("status").GetString() == "True"))
                {
                    Of(pod.GetProperty("metadata").GetProperty("labels").GetProperty(TestCluster.AppName).GetString()!).TrySetResult(now);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // That is how a watch ends.
        }
    }

    private TaskCompletionSource<long> Of(string appName) =>
        ready.GetOrAdd(appName, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
}
