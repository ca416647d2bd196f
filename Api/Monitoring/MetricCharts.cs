using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>Makes charts of what Prometheus answers. Pure.</summary>
public static class MetricCharts
{
    /// <summary>What a kind of chart counts.</summary>
    public static MetricUnit UnitOf(MetricKind kind) => kind switch
    {
        MetricKind.Cpu => MetricUnit.Cores,
        MetricKind.Memory => MetricUnit.Bytes,
        MetricKind.NetworkIn or MetricKind.NetworkOut => MetricUnit.BytesPerSecond,
        _ => MetricUnit.Count,
    };

    /// <summary>An app's chart: itself first, where anything is known, then its pods by name.</summary>
    public static MetricChart OfApp(MetricKind kind, string app, Answered answer, MetricsWindow window)
    {
        var parts = Lines.Of(answer.Series, kind, window.Points).GetValueOrDefault(app);
        var series = new List<MetricSeries>();
        if (parts is { Use: { } use })
        {
            series.Add(Series(kind, app, null, use, parts.Limit));
        }

        series.AddRange((parts?.Pods ?? []).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => Series(kind, app, p.Key, p.Value, parts!.ReplicaLimit)));
        return new(kind, UnitOf(kind), series, answer.Trouble);
    }

    /// <summary>A project's chart: the apps that use most, by name, and all others together.</summary>
    /// <param name="top">How many apps have a line of their own.</param>
    public static MetricChart OfProject(MetricKind kind, Answered answer, MetricsWindow window, int top)
    {
        var apps = Lines.Of(answer.Series, kind, window.Points).Where(a => a.Value.Use is not null)
            .OrderByDescending(a => a.Value.Use!.Where(double.IsFinite).DefaultIfEmpty().Average()).ThenBy(a => a.Key, StringComparer.Ordinal).ToList();
        var series = apps.Take(top).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => Series(kind, a.Key, null, a.Value.Use!, a.Value.Limit)).ToList();
        if (apps.Count > top)
        {
            var others = new double[window.Points];
            for (var i = 0; i < others.Length; i++)
            {
                others[i] = apps.Skip(top).Select(a => a.Value.Use![i]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Sum();
            }

            series.Add(Series(kind, null, null, others, null));
        }

        return new(kind, UnitOf(kind), series, answer.Trouble);
    }

    /// <summary>
    /// Where the newest numbers come from: see <see cref="MetricsView.Sources"/>. The first ones of a replica can be the kubelet's own, as
    /// cAdvisor notices a container some seconds later; that says nothing about the runtime.
    /// </summary>
    public static IReadOnlyList<string> Sources(IEnumerable<Answered> answers) =>
        [.. answers.SelectMany(a => Newest([.. a.Series.Where(s => s.Labels.ContainsKey("source"))])).Select(s => s.Labels["source"]).Distinct().Order(StringComparer.Ordinal)];

    private static IEnumerable<RangeSeries> Newest(IReadOnlyList<RangeSeries> series)
    {
        var last = series.Select(Last).DefaultIfEmpty(-1).Max();
        return series.Where(s => last >= 0 && Last(s) == last);

        static int Last(RangeSeries series) => Array.FindLastIndex(series.Values, double.IsFinite);
    }

    /// <summary>The time of the last point at which anything is known; null where nothing is.</summary>
    public static DateTimeOffset? LastKnown(MetricChart chart, MetricsWindow window)
    {
        var last = chart.Series.Select(s => Enumerable.Range(0, s.Values.Count).LastOrDefault(i => s.Values[i] is not null, -1)).DefaultIfEmpty(-1).Max();
        return last < 0 ? null : window.From + (last * window.Step);
    }

    private static MetricSeries Series(MetricKind kind, string? app, string? pod, double[] use, double[]? limit) => new(app, pod,
        Known(kind, use),
        limit is null || UnitOf(kind) is MetricUnit.Count ? null : [.. use.Select((u, i) => limit[i] > 0 && double.IsFinite(u) ? Math.Round(u / limit[i] * 100, 2) : (double?)null)],
        limit is null ? null : Known(kind, limit));

    private static double?[] Known(MetricKind kind, double[] values) =>
        [.. values.Select(v => double.IsFinite(v) ? Math.Round(v, UnitOf(kind) is MetricUnit.Cores ? 5 : 0) : (double?)null)];

    /// <summary>What is known of one app.</summary>
    private sealed class Lines
    {
        public double[]? Use { get; private set; }

        public double[]? Limit { get; private set; }

        public double[]? ReplicaLimit { get; private set; }

        public Dictionary<string, double[]> Pods { get; } = [];

        public static Dictionary<string, Lines> Of(IReadOnlyList<RangeSeries> series, MetricKind kind, int points)
        {
            var apps = new Dictionary<string, Lines>();
            foreach (var one in series)
            {
                if (one.Labels.TryGetValue("app", out var app) && one.Labels.TryGetValue(MetricExpressions.Part, out var part))
                {
                    (apps.TryGetValue(app, out var lines) ? lines : apps[app] = new Lines()).Add(part, one);
                }
            }

            if (kind is MetricKind.Restarts)
            {
                var begin = series.Select(s => Array.FindIndex(s.Values, double.IsFinite)).Where(i => i >= 0).DefaultIfEmpty(0).Min();
                foreach (var app in apps.Values)
                {
                    app.CountRestarts(begin, points);
                }
            }

            return apps;
        }

        private void Add(string part, RangeSeries series)
        {
            switch (part)
            {
                case MetricExpressions.Use:
                    Use = Merge(Use, series.Values);
                    break;
                case MetricExpressions.Limit:
                    Limit = Merge(Limit, series.Values);
                    break;
                case MetricExpressions.ReplicaLimit:
                    ReplicaLimit = Merge(ReplicaLimit, series.Values);
                    break;
                default:
                    var pod = series.Labels.GetValueOrDefault("pod") ?? "";
                    Pods[pod] = Merge(Pods.GetValueOrDefault(pod), series.Values);
                    break;
            }
        }

        // What was measured by one source and then by another is one line.
        private static double[] Merge(double[]? known, double[] more) => known is null ? more : [.. known.Zip(more, (a, b) => double.IsFinite(a) ? a : b)];

        // A pod that is new has been restarted since it began; one that was there when anything was first known, at times unknown.
        private void CountRestarts(int begin, int points)
        {
            foreach (var (pod, counter) in Pods)
            {
                var (restarts, before) = (new double[points], double.NaN);
                for (var i = 0; i < points; i++)
                {
                    restarts[i] = !double.IsFinite(counter[i]) ? double.NaN : double.IsFinite(before) ? Math.Max(0, counter[i] - before) : i == begin ? 0 : counter[i];
                    before = double.IsFinite(counter[i]) ? counter[i] : before;
                }

                Pods[pod] = restarts;
            }

            Use = Pods.Count == 0 ? null : [.. Enumerable.Range(0, points).Select(i => Pods.Values.Select(p => p[i]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Sum())];
        }
    }
}
