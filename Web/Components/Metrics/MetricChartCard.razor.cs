using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using Slipway.Contracts;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Metrics;

/// <summary>One chart, with what it says in words and as a table.</summary>
public sealed partial class MetricChartCard : IAsyncDisposable
{
    private const int MostNamed = 6;

    private ElementReference box, tip;
    private IJSObjectReference? picture;
    private MetricsView? read;
    private ChartData data = default!;
    private ChartData? drawn;

    [Parameter]
    [EditorRequired]
    public MetricsView View { get; set; } = default!;

    [Parameter]
    [EditorRequired]
    public MetricChart Chart { get; set; } = default!;

    /// <summary>Whose it is; null: all apps of a project.</summary>
    [Parameter]
    public string? App { get; set; }

    /// <summary>charts.js, once it is loaded.</summary>
    [Parameter]
    public IJSObjectReference? Module { get; set; }

    private string Now
    {
        get
        {
            if (App is null || Chart.Series is not [var first, ..])
            {
                return "";
            }

            if (Chart.Kind is MetricKind.Restarts)
            {
                return $"{first.Values.Sum():0} in this time";
            }

            var index = Enumerable.Range(0, first.Values.Count).LastOrDefault(i => first.Values[i] is not null, -1);
            // What was measured long ago is not now.
            if (index < 0 || index < first.Values.Count - 1 - Math.Max(2, 120 / View.Step))
            {
                return "";
            }

            var limit = first.Limit?[index] is { } most ? Chart.Kind is MetricKind.Replicas
                ? $" of {Say(most)}"
                : $" · {(first.Percent?[index] is { } percent ? $"{MetricWords.Percent(percent)} of " : "of ")}{Say(most)}" : "";
            return Say(first.Values[index]) + limit;
        }
    }

    private string Summary => data.Series.Count == 0 ? MetricWords.Title(Chart.Kind)
        : $"{MetricWords.Title(Chart.Kind)}{(Now.Length > 0 ? $", now {Now}" : "")}. Highest {Say(data.Series.Max(s => s.Values.Max()))}. Arrow keys read single points; a table follows.";

    protected override void OnParametersSet()
    {
        if (!ReferenceEquals(read, View))
        {
            read = View;
            data = ChartData.Of(View, Chart, App);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (Module is null || ReferenceEquals(drawn, data))
        {
            return;
        }

        drawn = data;
        try
        {
            picture ??= await Module.InvokeAsync<IJSObjectReference>("chart", box, tip);
            await picture.InvokeVoidAsync("draw", data);
        }
        catch (JSDisconnectedException)
        {
            // The page is gone.
        }
    }

    private string Say(double? value) => value is { } number ? MetricWords.Value(Chart.Unit, number) : "–";

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (picture is not null)
            {
                await picture.InvokeVoidAsync("dispose");
                await picture.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and its observers with it.
        }
    }
}
