using System.Diagnostics;
using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace Slipway.Api.Cluster.Watching;

/// <summary>
/// Keeps <see cref="ClusterState"/> current for one kind: lists it, watches it from there on, and begins again where that breaks.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
/// </summary>
internal sealed class KindWatcher<T>(
    WatchedKind<T> kind, ClusterConnection cluster, ClusterState state, WatchMetrics metrics, IOptions<ClusterOptions> options, TimeProvider time,
    ILogger log)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private const int PageSize = 500;

    // A server that has nothing to say still ends the watch after WatchSeconds; what is silent for longer is broken.
    private readonly TimeSpan silence = TimeSpan.FromSeconds(options.Value.WatchSeconds + 30);
    private readonly Backoff backoff = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool failing;

    /// <summary>Completes when the kind was listed for the first time.</summary>
    public Task Listed => listed.Task;

    /// <summary>The resource version up to which everything was seen; null: list first.</summary>
    public string? Version { get; set; }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task Run(CancellationToken cancel)
    {
        metrics.Behind(kind.Name);
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                Version ??= await List(cancel);
                await Watch(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (ClusterRefusedException e) when (e.Status is HttpStatusCode.Gone)
            {
                // What we last saw is older than what the server remembers: the difference is only in a new list.
                metrics.Reconnect(kind.Name, "gone");
                metrics.Behind(kind.Name);
                log.LogDebug("The watch of {Kind} is too old; listing again", kind.Name);
                Version = null;
                await backoff.Wait(time, cancel);
            }
            catch (Exception e)
            {
                metrics.Behind(kind.Name);
                metrics.Reconnect(kind.Name, e is ClusterRefusedException ? "refused" : "broken");
                Complain(e);
                await backoff.Wait(time, cancel);
            }
        }
    }

    private async Task<string> List(CancellationToken cancel)
    {
        using var activity = WatchMetrics.Source.StartActivity($"list {kind.Name}");
        var path = kind.Path(await cluster.Traits(cancel));
        var seen = new List<Sighting>();
        string? next = null;
        ListPage page;
        do
        {
            var query = $"{path}?limit={PageSize}{Selector()}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}";
            using var response = await cluster.Open(query, cancel);
            page = await Read(response, cancel);
            seen.AddRange(page.Items.Select(kind.Look).OfType<Sighting>());
            next = page.Metadata.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));

        activity?.SetTag("slipway.objects", seen.Count);
        metrics.List(kind.Name);
        state.Replace(kind.Name, seen);
        listed.TrySetResult();
        Recovered();
        return page.Metadata.ResourceVersion;
    }

    private async Task<ListPage> Read(HttpResponseMessage response, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            using var body = new MemoryStream(await response.Content.ReadAsByteArrayAsync(deadline.Token), writable: false);
            return KubernetesJson.Deserialize<ListPage>(body) ?? throw new JsonException("The list is empty.");
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The list of {kind.Name} did not arrive within a minute.", e);
        }
    }

    private async Task Watch(CancellationToken cancel)
    {
        // Spread, so that a dozen watches do not end at the same moment.
        var seconds = options.Value.WatchSeconds - Random.Shared.Next(options.Value.WatchSeconds / 4);
        var path = kind.Path(await cluster.Traits(cancel));
        var begun = time.GetTimestamp();
        var count = 0;
        using var response = await cluster.Open(
            $"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Version}{Selector()}", cancel);
        Recovered();
        metrics.Current(kind.Name);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            await foreach (var line in Lines.Read(body, silence, cancel))
            {
                Take(line);
                count++;
            }
        }
        finally
        {
            if (count > 0 || time.GetElapsedTime(begun) > TimeSpan.FromSeconds(1))
            {
                backoff.Reset();
            }
        }

        // The server ends a watch when its time is up. Something that ends it at once, again and again, must not make us spin.
        if (count == 0 && time.GetElapsedTime(begun) < TimeSpan.FromSeconds(1))
        {
            throw new IOException("The watch ended at once.");
        }
    }

    private void Take(JsonDocument line)
    {
        var begun = Stopwatch.GetTimestamp();
        using (line)
        {
            var type = line.RootElement.GetProperty("type").GetString() ?? "";
            var content = line.RootElement.GetProperty("object");
            if (type == "ERROR")
            {
                var status = content.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? number : 500;
                // Whatever the error is, what comes after it cannot be trusted to follow on what came before.
                Version = null;
                throw new ClusterRefusedException((HttpStatusCode)status, content.GetRawText());
            }

            var metadata = content.GetProperty("metadata");
            if (type is "ADDED" or "MODIFIED")
            {
                var item = KubernetesJson.Deserialize<T>(content);
                if (kind.Look(item) is { } sighting)
                {
                    state.Set(kind.Name, sighting);
                }
            }
            else if (type == "DELETED")
            {
                state.Remove(kind.Name, metadata.TryGetProperty("namespace", out var ns) ? ns.GetString() ?? "" : "",
                    metadata.GetProperty("name").GetString()!);
            }

            Version = metadata.GetProperty("resourceVersion").GetString();
            metrics.Event(kind.Name, type, Stopwatch.GetElapsedTime(begun));
        }
    }

    private void Recovered()
    {
        state.Reach(kind.Name, null);
        if (failing)
        {
            failing = false;
            log.LogInformation("Watching {Kind} again", kind.Name);
        }
    }

    private void Complain(Exception e)
    {
        var passing = e is HttpRequestException or IOException or TimeoutException or OperationCanceledException
            or ClusterRefusedException { Status: >= HttpStatusCode.InternalServerError };
        // A broken stream says little; a request that fails after it says that the cluster cannot be reached.
        if (passing && backoff.Attempts > 0)
        {
            state.Reach(kind.Name, Innermost(e));
        }

        // When nothing can be reached, one line says so for all kinds.
        if (!failing && (!passing || (backoff.Attempts > 8 && state.UnreachableSince is null)))
        {
            failing = true;
            log.LogWarning("Watching {Kind} failed: {Problem} Trying again until it works", kind.Name, Innermost(e));
        }

        log.LogDebug(e, "Watching {Kind} broke off", kind.Name);
    }

    private static string Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e.Message;

    private string Selector() => kind.Selector.Length == 0 ? "" : $"&{kind.Selector}";

    private sealed record ListPage
    {
        [System.Text.Json.Serialization.JsonPropertyName("metadata")]
        public V1ListMeta Metadata { get; init; } = new();

        [System.Text.Json.Serialization.JsonPropertyName("items")]
        public List<T> Items { get; init; } = [];
    }
}
