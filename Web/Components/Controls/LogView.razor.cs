using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Slipway.Contracts;
using Slipway.Web.Live;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Controls;

/// <summary>An app's log as it is written. What is looked at is in the address, so that a link shows a colleague the same.</summary>
public sealed partial class LogView : IAsyncDisposable
{
    private const int DefaultTail = 200;
    private static readonly int[] Tails = [100, DefaultTail, 1_000, LogTail.Most];
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(120);

    private readonly Lock gate = new();
    private readonly List<LogLine> waiting = [];
    private LogTail tail = new();
    private (string, string, string?, bool, int)? followed;
    private CancellationTokenSource? following;
    private ElementReference box, jump;
    private IJSObjectReference? module, scroll;
    private string? problem;
    private bool open, paused, ended, drawing;

    [Parameter]
    [EditorRequired]
    public string Project { get; set; } = "";

    [Parameter]
    [EditorRequired]
    public string App { get; set; } = "";

    /// <summary>The pods that are there now.</summary>
    [Parameter]
    public IReadOnlyList<PodView>? Pods { get; set; }

    // From the address, but through the page: a component that comes or goes while the address changes must not listen to it itself
    // (SupplyParameterFromQuery enumerates its listeners at that moment).
    [Parameter]
    public string? Pod { get; set; }

    [Parameter]
    public bool Previous { get; set; }

    [Parameter]
    public int? WantedTail { get; set; }

    [Parameter]
    public string? Filter { get; set; }

    [Parameter]
    public bool Wrap { get; set; }

    [Inject]
    private SlipwayClient Api { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Js { get; set; } = default!;

    private int Tail => Tails.Contains(WantedTail ?? 0) ? WantedTail!.Value : DefaultTail;

    private IEnumerable<string> PodChoices => (Pods ?? []).Select(p => p.Name).Concat(tail.Pods).Append(Pod).OfType<string>().Distinct();

    private string PauseText => !paused ? "Pause" : waiting.Count == 0 ? "Go on" : $"Go on ({waiting.Count} new)";

    private string DownloadLink =>
        $"{Paths.App(Project, App)}/log.txt?previous={(Previous ? "true" : "false")}{(Pod is null ? "" : $"&pod={Uri.EscapeDataString(Pod)}")}";

    private string Nothing => problem ?? (Previous ? "No replica has been restarted, so there is no earlier log." : "No line yet.");

    private string Status => (problem, paused, open, ended) switch
    {
        ({ } sentence, _, _, _) when tail.Count > 0 => sentence,
        (_, true, _, _) => $"Paused · {tail.Count} lines",
        (_, _, _, true) => $"{tail.Count} lines",
        (_, _, true, _) => $"Live · {tail.Count} lines{(tail.Count > LogTail.Most - LogChunk.Size ? ", the newest of them; all that is kept is in the download" : "")}",
        _ => "Connecting…",
    };

    protected override async Task OnParametersSetAsync()
    {
        var now = (Project, App, Pod, Previous, Tail);
        if (followed == now)
        {
            return;
        }

        followed = now;
        if (following is not null)
        {
            await following.CancelAsync();
            following.Dispose();
        }

        following = new CancellationTokenSource();
        lock (gate)
        {
            waiting.Clear();
        }

        (tail, problem, paused, open, ended) = (new(), null, false, false, false);
        _ = Follow(tail, following.Token);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            module = await Js.InvokeAsync<IJSObjectReference>("import", "./log.js");
            scroll = await module.InvokeAsync<IJSObjectReference>("follow", box, jump);
        }
    }

    private async Task Follow(LogTail into, CancellationToken stop)
    {
        var backoff = new Backoff();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var query = new LogQuery { Follow = !Previous, Tail = Tail, Pod = Pod, Previous = Previous };
                await Say(isOpen: !Previous, null);
                await foreach (var line in Api.Logs(Project, App, query, stop))
                {
                    backoff.Reset();
                    lock (gate)
                    {
                        waiting.Add(line);
                        // Paused for long: what would not be kept anyway is not kept here either.
                        if (waiting.Count > LogTail.Most * 2)
                        {
                            waiting.RemoveRange(0, waiting.Count - LogTail.Most);
                        }
                    }

                    Draw(into, stop);
                }

                if (Previous)
                {
                    ended = true;
                    await Say(isOpen: false, null);
                    return;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized)
            {
                ended = true;
                await Say(isOpen: false, e.Message);
                return;
            }
            catch (Exception e) when (e is SlipwayApiException or IOException or HttpRequestException or JsonException or OperationCanceledException)
            {
                await Say(isOpen: false, tail.Count > 0 ? "Reconnecting…" : "Connecting…");
            }

            await Task.Delay(backoff.Next(), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await InvokeAsync(into.Again);
        }
    }

    private Task Say(bool isOpen, string? sentence) => InvokeAsync(() =>
    {
        (open, problem) = (isOpen, sentence);
        StateHasChanged();
    });

    // Lines are drawn some times a second, however fast they come.
    private void Draw(LogTail into, CancellationToken stop)
    {
        lock (gate)
        {
            if (drawing)
            {
                return;
            }

            drawing = true;
        }

        _ = DrawSoon();

        async Task DrawSoon()
        {
            await Task.Delay(BatchTime, CancellationToken.None);
            await InvokeAsync(() =>
            {
                lock (gate)
                {
                    drawing = false;
                }

                if (!stop.IsCancellationRequested)
                {
                    Take(into);
                    StateHasChanged();
                }
            });
        }
    }

    private void Take(LogTail into)
    {
        lock (gate)
        {
            if (!paused)
            {
                waiting.ForEach(into.Add);
                waiting.Clear();
            }
        }
    }

    private void Pause()
    {
        paused = !paused;
        Take(tail);
    }

    private void Go(string name, object? value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [name] = value is "" ? null : value }), replace: true);

    public async ValueTask DisposeAsync()
    {
        if (following is not null)
        {
            await following.CancelAsync();
            following.Dispose();
        }

        try
        {
            if (scroll is not null)
            {
                await scroll.InvokeVoidAsync("dispose");
                await scroll.DisposeAsync();
            }

            if (module is not null)
            {
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its observers with it.
        }
    }
}
