using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Slipway.Contracts;

namespace Slipway.Tests.Infrastructure;

/// <summary>Waits for a condition with a deadline, and says what was there instead when it passes.</summary>
static class Wait
{
    private static readonly JsonSerializerOptions Indented = new(SlipwayJson.Options) { WriteIndented = true };

    /// <summary>Enough for anything that involves a pull and a start of a container on two busy cores.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Looks again and again until <paramref name="condition"/> holds for what is seen, and returns it. That the API or the cluster does
    /// not answer for a moment counts as not there yet.
    /// </summary>
    /// <param name="what">Completes the sentence "Waited 90 s for …".</param>
    public static async Task<T> For<T>(string what, Func<CancellationToken, Task<T>> look, Predicate<T> condition, TimeSpan? deadline = null,
        Func<T, string>? describe = null)
    {
        var limit = deadline ?? Deadline;
        var clock = Stopwatch.StartNew();
        var seen = "nothing";
        while (true)
        {
            using var patience = new CancellationTokenSource(limit);
            try
            {
                var value = await look(patience.Token);
                if (condition(value))
                {
                    return value;
                }

                seen = describe is null ? JsonSerializer.Serialize(value, Indented) : describe(value);
            }
            catch (Exception e) when (IsPassing(e))
            {
                seen = $"{e.GetType().Name}: {e.Message}";
            }

            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Waited {limit.TotalSeconds:0} s for {what}. Last seen: {seen}");
            }

            await Task.Delay(clock.Elapsed.TotalSeconds < 5 ? 50 : 200);
        }
    }

    /// <summary>Looks again and again until it is true.</summary>
    public static Task Until(string what, Func<CancellationToken, Task<bool>> look, TimeSpan? deadline = null) =>
        For(what, look, done => done, deadline, _ => "it is not so");

    /// <summary>Looks again and again until nothing is missing; <paramref name="missing"/> says in words what is, or null.</summary>
    public static Task UntilNothingIsMissing(string what, Func<CancellationToken, Task<string?>> missing, TimeSpan? deadline = null) =>
        For(what, missing, words => words is null, deadline, words => words ?? "");

    private static bool IsPassing(Exception e) => e is HttpRequestException or OperationCanceledException or IOException
        or SlipwayApiException { Status: HttpStatusCode.ServiceUnavailable };
}
