using System.Diagnostics;
using System.Net;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>Somebody who follows an app's log and a project's events, on two open streams.</summary>
sealed class Listener : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, Task> streams = [];
    private long lines;

    private Listener()
    {
    }

    /// <summary>How many lines of the log have come.</summary>
    public long Lines => Interlocked.Read(ref lines);

    /// <summary>Which of the streams are open.</summary>
    public IEnumerable<string> Open => streams.Where(s => !s.Value.IsCompleted).Select(s => s.Key);

    /// <summary>Opens both streams and waits until something has come on each.</summary>
    public static async Task<Listener> To(TestUser user, string project, string app)
    {
        var listener = new Listener();
        foreach (var (name, path) in ((string, string)[])[("log", $"/api/projects/{project}/apps/{app}/logs?follow=true"), ("events", $"/api/projects/{project}/events")])
        {
            var answer = await user.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, listener.stop.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var begun = new TaskCompletionSource();
            listener.streams[name] = listener.Read(answer, name, begun);
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        return listener;
    }

    /// <summary>Fails unless both streams end by themselves within this time.</summary>
    public async Task Ends(TimeSpan deadline)
    {
        var clock = Stopwatch.StartNew();
        await Wait.UntilNothingIsMissing("the streams to end", _ => Task.FromResult(Open.Any() ? $"after {clock.Elapsed.TotalSeconds:0.0} s still open: {string.Join(", ", Open)}" : null), deadline);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    private async Task Read(HttpResponseMessage answer, string name, TaskCompletionSource begun)
    {
        using (answer)
        {
            try
            {
                using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(stop.Token));
                while (await reader.ReadLineAsync(stop.Token) is not null)
                {
                    begun.TrySetResult();
                    if (name == "log")
                    {
                        Interlocked.Increment(ref lines);
                    }
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // Cut off: that is an end too.
            }
        }
    }
}
