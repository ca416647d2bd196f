using Slipway.Contracts;

namespace Slipway.Api.Monitoring;

/// <summary>
/// What is asked of Prometheus for each chart: one expression, whose series say by the label <c>part</c> what they are. The series are
/// those of deploy/prometheus/rules/recording.yml. Pure.
/// </summary>
public static class MetricExpressions
{
    /// <summary>The label, and its values: what an app uses, what a pod of it uses, the app's limit, and that of each replica.</summary>
    public const string Part = "part", Use = "use", Pod = "pod", Limit = "limit", ReplicaLimit = "replicaLimit";

    // With finer points than this every point is a sample; an average over less than two samples would often have none.
    private static readonly TimeSpan FinestAverage = TimeSpan.FromMinutes(1), Rollup = TimeSpan.FromMinutes(5);

    /// <summary>The expression for a chart of an app, or of all apps of a project.</summary>
    /// <param name="app">Null: all apps, without their pods.</param>
    public static PromQl Of(MetricKind kind, string project, string? app, TimeSpan step)
    {
        return kind switch
        {
            MetricKind.Cpu => Limits(Used("cpu_cores", "avg_over_time"), "cpu_limit_cores"),
            // What is used at most is what a container is killed for.
            MetricKind.Memory => Limits(Used("memory_bytes", "max_over_time"), "memory_limit_bytes"),
            MetricKind.NetworkIn => Used("network_receive_bytes_per_second", "avg_over_time"),
            MetricKind.NetworkOut => Used("network_transmit_bytes_per_second", "avg_over_time"),
            // Counted from point to point by whoever reads it: exact, which increase() is not.
            MetricKind.Restarts => At("slipway:pod_restarts", Pod),
            _ => At("slipway:app_replicas_ready", Use).Or(At("slipway:app_replicas_wanted", Limit)),
        };

        PromQl Limits(PromQl used, string limit) =>
            app is null ? used.Or(At($"slipway:app_{limit}", Limit)) : used.Or(At($"slipway:app_{limit}", Limit)).Or(At($"slipway:replica_{limit}", ReplicaLimit));

        PromQl At(string metric, string part) => Select(metric).Labelled(Part, part);

        PromQl Used(string what, string function) => app is null
            ? Over(Select($"slipway:app_{what}{(step >= Rollup ? ":5m" : "")}"), function).Labelled(Part, Use)
            : Over(Select($"slipway:app_{what}"), function).Labelled(Part, Use).Or(Over(Select($"slipway:pod_{what}"), function).Labelled(Part, Pod));

        PromQl Over(PromQl series, string function) => step < FinestAverage ? series : series.Over(function, step);

        PromQl Select(string metric) => app is null ? PromQl.Series(metric, ("project", project)) : PromQl.Series(metric, ("project", project), ("app", app));
    }

    /// <summary>What a person sees who opens Prometheus for an app, by title.</summary>
    public static IReadOnlyList<(string Title, PromQl Expression)> ForPeople(string project, string app)
    {
        return
        [
            ("CPU, cores", Select("slipway:pod_cpu_cores")),
            ("Memory, bytes", Select("slipway:pod_memory_bytes")),
            ("Network in, bytes a second", Select("slipway:pod_network_receive_bytes_per_second")),
            ("Network out, bytes a second", Select("slipway:pod_network_transmit_bytes_per_second")),
            ("Restarts", Select("slipway:pod_restarts")),
            ("Replicas ready", Select("slipway:app_replicas_ready")),
        ];

        PromQl Select(string metric) => PromQl.Series(metric, ("project", project), ("app", app));
    }
}
