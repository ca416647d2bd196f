using System.Collections.Concurrent;

namespace Slipway.Tests.Infrastructure;

/// <summary>People who use an app all the time, each request on a connection of its own: what they notice of a change is counted.</summary>
sealed class LoadLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<string, int> versions = new();
    private readonly ConcurrentQueue<string> failures = new();
    private readonly HttpClient http;
    private readonly Task[] people;

    private LoadLoop(Uri address, int count)
    {
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(10),
        };
        people = [.. Enumerable.Range(0, count).Select(_ => Task.Run(Visit))];
    }

    /// <summary>What went wrong, in words.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    /// <summary>How many answers came from each version of the sample.</summary>
    public IReadOnlyDictionary<string, int> Versions => versions;

    /// <summary>Begins when the address answers for the first time: what is counted is what people notice who could use the app.</summary>
    public static async Task<LoadLoop> Start(string address, int people = 3)
    {
        using (var first = new HttpClient { Timeout = TimeSpan.FromSeconds(5) })
        {
            await Wait.Until($"{address} to answer", async cancel =>
            {
                try
                {
                    using var answer = await first.GetAsync(new Uri(address), cancel);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
        }

        return new(new(address), people);
    }

    /// <summary>Waits until so many more answers have come from this version.</summary>
    public Task Answered(string version, int more = 30)
    {
        var before = versions.GetValueOrDefault(version);
        return Wait.Until($"{more} more answers of version {version} (failures: {string.Join(" | ", failures.Take(5))})",
            _ => Task.FromResult(versions.GetValueOrDefault(version) >= before + more));
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Task.WhenAll(people);
        http.Dispose();
        ended.Dispose();
    }

    private async Task Visit()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                // No token: a request that has begun is finished, so that ending the loop is no failure.
                using var answer = await http.GetAsync("/shop", CancellationToken.None);
                var body = await answer.Content.ReadAsStringAsync(CancellationToken.None);
                if (!answer.IsSuccessStatusCode || !body.StartsWith("sample-http version", StringComparison.Ordinal))
                {
                    failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {(int)answer.StatusCode} {body}");
                }

                versions.AddOrUpdate(answer.Headers.GetValues("X-Version").First(), 1, (_, count) => count + 1);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
            {
                failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {e.GetType().Name}: {e.Message} {e.InnerException?.Message}");
            }
        }
    }
}
