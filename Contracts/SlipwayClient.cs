using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Slipway.Contracts;

/// <summary>
/// The typed client of the REST API. Every call throws <see cref="SlipwayApiException"/> where the API says no or cannot be reached.
/// The caller's <paramref name="http"/> carries base address and credentials.
/// </summary>
public sealed partial class SlipwayClient(HttpClient http)
{
    /// <summary>The projects that the user is in; sorts by <c>name</c> (default) and <c>createdAt</c>.</summary>
    public Task<Page<ProjectView>> Projects(PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<ProjectView>>("api/projects" + Query(query), cancel);

    /// <summary>Makes a project.</summary>
    public Task<ProjectView> CreateProject(CreateProject request, CancellationToken cancel = default) => Post<ProjectView>("api/projects", request, cancel);

    /// <summary>One project.</summary>
    public Task<ProjectView> Project(string project, CancellationToken cancel = default) => Get<ProjectView>(Path(project), cancel);

    /// <summary>Deletes an empty project and its namespace.</summary>
    public Task DeleteProject(string project, CancellationToken cancel = default) => Send(HttpMethod.Delete, Path(project), null, cancel);

    /// <summary>A project's apps; sorts by <c>name</c> (default), <c>createdAt</c> and <c>updatedAt</c>.</summary>
    public Task<Page<AppView>> Apps(string project, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<AppView>>($"{Path(project)}/apps{Query(query)}", cancel);

    /// <summary>Deploys an image as a new app.</summary>
    public Task<AppView> CreateApp(string project, CreateApp request, CancellationToken cancel = default) =>
        Post<AppView>($"{Path(project)}/apps", request, cancel);

    /// <summary>One app.</summary>
    public Task<AppView> App(string project, string app, CancellationToken cancel = default) => Get<AppView>(Path(project, app), cancel);

    /// <summary>Changes an app: a new release.</summary>
    public Task<AppView> PatchApp(string project, string app, PatchApp patch, CancellationToken cancel = default) =>
        SendFor<AppView>(HttpMethod.Patch, Path(project, app), patch, cancel);

    /// <summary>Deletes an app and all it runs; it shows <see cref="AppState.Deleting"/> until it is gone.</summary>
    public Task<AppView> DeleteApp(string project, string app, CancellationToken cancel = default) =>
        SendFor<AppView>(HttpMethod.Delete, Path(project, app), null, cancel);

    /// <summary>Replaces all replicas by fresh ones, without a gap.</summary>
    public Task<AppView> RestartApp(string project, string app, CancellationToken cancel = default) => Do(project, app, "restart", cancel);

    /// <summary>Runs no replica until it is started again.</summary>
    public Task<AppView> StopApp(string project, string app, CancellationToken cancel = default) => Do(project, app, "stop", cancel);

    /// <summary>Runs a stopped app again.</summary>
    public Task<AppView> StartApp(string project, string app, CancellationToken cancel = default) => Do(project, app, "start", cancel);

    /// <summary>An app's releases, newest first; sorts by <c>number</c>.</summary>
    public Task<Page<ReleaseView>> Releases(string project, string app, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<ReleaseView>>($"{Path(project, app)}/releases{Query(query)}", cancel);

    /// <summary>Makes a new release with the spec of an older one.</summary>
    public Task<AppView> Rollback(string project, string app, int release, CancellationToken cancel = default) =>
        Do(project, app, $"releases/{release}/rollback", cancel);

    /// <summary>An app's pods, newest first; sorts by <c>name</c> and <c>startedAt</c>.</summary>
    public Task<Page<PodView>> Pods(string project, string app, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<PodView>>($"{Path(project, app)}/pods{Query(query)}", cancel);

    /// <summary>An app's timeline, newest first; sorts by <c>at</c>.</summary>
    public Task<Page<TimelineEntry>> Events(string project, string app, PageQuery? query = null, CancellationToken cancel = default) =>
        Get<Page<TimelineEntry>>($"{Path(project, app)}/events{Query(query)}", cancel);

    /// <summary>An app's log lines; with <see cref="LogQuery.Follow"/> it goes on until it is cancelled.</summary>
    public async IAsyncEnumerable<LogLine> Logs(string project, string app, LogQuery query, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var path = $"{Path(project, app)}/logs?follow={Flag(query.Follow)}&previous={Flag(query.Previous)}&tail={query.Tail}";
        path += query.Pod is null ? "" : $"&pod={Uri.EscapeDataString(query.Pod)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new("application/x-ndjson"));
        using var response = await Open(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var line in JsonSerializer.DeserializeAsyncEnumerable<LogLine>(body, topLevelValues: true, SlipwayJson.Options, cancel))
        {
            if (line is not null)
            {
                yield return line;
            }
        }
    }

    /// <summary>
    /// A project's changes as they happen. The first item is null and says that the stream is open: list then, and nothing is missed.
    /// </summary>
    public async IAsyncEnumerable<AppChanged?> Changes(string project, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Path(project)}/events");
        request.Headers.Accept.Add(new("text/event-stream"));
        using var response = await Open(request, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancel))
        {
            switch (item.EventType)
            {
                case "open":
                    yield return null;
                    break;
                case "app":
                    yield return JsonSerializer.Deserialize<AppChanged>(item.Data, SlipwayJson.Options);
                    break;
            }
        }
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Query(PageQuery? query) => query?.ToQueryString() ?? "";

    private static string Path(string project) => $"api/projects/{Uri.EscapeDataString(project)}";

    private static string Path(string project, string app) => $"{Path(project)}/apps/{Uri.EscapeDataString(app)}";

    private Task<AppView> Do(string project, string app, string action, CancellationToken cancel) =>
        Post<AppView>($"{Path(project, app)}/{action}", null, cancel);

    private Task<T> Get<T>(string path, CancellationToken cancel) => SendFor<T>(HttpMethod.Get, path, null, cancel);

    private Task<T> Post<T>(string path, object? body, CancellationToken cancel) => SendFor<T>(HttpMethod.Post, path, body, cancel);

    private async Task<T> SendFor<T>(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var response = await Start(method, path, body, cancel);
        return await response.Content.ReadFromJsonAsync<T>(SlipwayJson.Options, cancel)
            ?? throw new SlipwayApiException(response.StatusCode, "The API answered with an empty body.", null, Nothing, null);
    }

    private async Task Send(HttpMethod method, string path, object? body, CancellationToken cancel) =>
        (await Start(method, path, body, cancel)).Dispose();

    private async Task<HttpResponseMessage> Start(HttpMethod method, string path, object? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), options: SlipwayJson.Options);
        }

        return await Open(request, cancel);
    }

    private async Task<HttpResponseMessage> Open(HttpRequestMessage request, CancellationToken cancel)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new SlipwayApiException(HttpStatusCode.ServiceUnavailable, "Slipway's API cannot be reached.",
                "It may be starting again; try once more in a moment.", Nothing, TimeSpan.FromSeconds(5));
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await Refusal(response, cancel);
        }
    }

    private static async Task<SlipwayApiException> Refusal(HttpResponseMessage response, CancellationToken cancel)
    {
        Problem? problem = null;
        try
        {
            problem = await response.Content.ReadFromJsonAsync<Problem>(SlipwayJson.Options, cancel);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or HttpRequestException)
        {
            // Not from the API itself (a proxy on the way, say): the status is all there is.
        }

        return new SlipwayApiException(response.StatusCode, problem?.Title ?? $"The API answered {(int)response.StatusCode}.", problem?.Detail,
            problem?.Errors ?? Nothing, response.Headers.RetryAfter?.Delta)
        {
            NeedsTwoFactor = problem?.TwoFactor is true,
        };
    }

    private static Dictionary<string, string[]> Nothing { get; } = [];

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors, bool? TwoFactor);
}
