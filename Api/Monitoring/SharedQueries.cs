using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>What Prometheus answered, or why it did not.</summary>
public sealed record Answered(IReadOnlyList<RangeSeries> Series, MetricsTrouble? Trouble);

/// <summary>
/// Asks Prometheus once for all who want the same at the same time: windows are aligned, so viewers of one page share its answers. It also
/// remembers since when there are none.
/// </summary>
public sealed class SharedQueries(IServiceScopeFactory scopes, IOptions<PrometheusOptions> options, TimeProvider time, ILogger<SharedQueries> log)
{
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(20), Bad = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string Expression, MetricsWindow Window), Entry> entries = new();
    private readonly Lock gate = new();
    private (MetricsProblem Problem, DateTimeOffset Since)? failing;

    /// <summary>How often Prometheus was asked by this process.</summary>
    public long Asked => Interlocked.Read(ref asked);

    private long asked;

    /// <summary>The answer, at most some seconds old. Never throws for what is wrong with Prometheus.</summary>
    public Task<Answered> Ask(PromQl expression, MetricsWindow window, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(options.Value.Url))
        {
            return Task.FromResult(new Answered([], new(MetricsProblem.NotConfigured, null, "No Prometheus is set up, so nothing is measured. An operator can set Prometheus:Url.")));
        }

        var now = time.GetUtcNow();
        foreach (var (old, entry) in entries)
        {
            if (entry.Until < now)
            {
                entries.TryRemove(new(old, entry));
            }
        }

        // Not the caller's cancellation: others wait for it too.
        var shared = entries.GetOrAdd((expression.ToString(), window), _ => new Entry(now + Good, new(() => Fetch(expression, window))));
        return shared.Answer.Value.WaitAsync(cancel);
    }

    private async Task<Answered> Fetch(PromQl expression, MetricsWindow window)
    {
        Interlocked.Increment(ref asked);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var series = await scope.ServiceProvider.GetRequiredService<PrometheusClient>().Query(expression, window, CancellationToken.None);
            Note(null);
            return new(series, null);
        }
        catch (PrometheusException e)
        {
            var since = e.Problem is MetricsProblem.Refused ? time.GetUtcNow() : Note(e);
            if (entries.TryGetValue((expression.ToString(), window), out var entry))
            {
                entry.Until = time.GetUtcNow() + Bad;
            }

            return new([], new(e.Problem, since, e.Message));
        }
    }

    private DateTimeOffset Note(PrometheusException? problem)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (problem is null)
            {
                if (failing is { } was)
                {
                    log.LogInformation("Prometheus answers again after {Seconds:0} s", (now - was.Since).TotalSeconds);
                }

                failing = null;
                return now;
            }

            if (failing is null)
            {
                log.LogWarning("{Problem} Charts say so until it does", problem.Message);
            }

            failing = (problem.Problem, failing?.Since ?? now);
            return failing.Value.Since;
        }
    }

    private sealed class Entry(DateTimeOffset until, Lazy<Task<Answered>> answer)
    {
        public DateTimeOffset Until { get; set; } = until;

        public Lazy<Task<Answered>> Answer => answer;
    }
}
