using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>Says why a chart is empty although something runs, so that no chart ever is without a reason. Pure.</summary>
public static class MetricsGaps
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The view with what is missing explained.</summary>
    /// <param name="running">Since when replicas of the app have been ready; null where none is, or only since a moment ago.</param>
    public static MetricsView Explain(MetricsView view, MetricsWindow window, DateTimeOffset? running)
    {
        if (view.Trouble is not null)
        {
            return view;
        }

        var used = view.Charts.Where(c => c is { Kind: MetricKind.Cpu or MetricKind.Memory, Trouble: null }).ToList();
        var last = used.Select(c => MetricCharts.LastKnown(c, window)).Max();
        var late = TimeSpan.FromTicks(Math.Max(Patience.Ticks, window.Step.Ticks * 2));
        if (running is { } since && used.Count > 0 && (last is null || window.To - last > late))
        {
            var from = last ?? (since > window.From ? since : window.From);
            return view with
            {
                Trouble = new(MetricsProblem.NoData, from, last is null
                    ? "Prometheus answers, but it has nothing about this app although it runs."
                    : "Prometheus answers, but it has had nothing new about this app for a while."),
            };
        }

        var silence = view.Sources is ["resource"] ? "This cluster's container runtime does not say which replica its network traffic belongs to."
            // cAdvisor asks a replica's network namespace, and leaves out one that it could not enter when the replica began.
            : last is not null && running < window.To - late ? "The node says nothing about the network traffic of these replicas."
            : null;
        return silence is null ? view : view with
        {
            Charts =
            [
                .. view.Charts.Select(chart => chart is { Kind: MetricKind.NetworkIn or MetricKind.NetworkOut, Trouble: null, Series.Count: 0 }
                    ? chart with { Trouble = new(MetricsProblem.NotMeasured, null, silence) }
                    : chart),
            ],
        };
    }
}
