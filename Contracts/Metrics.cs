namespace Slipway.Contracts;

/// <summary>What a chart shows.</summary>
public enum MetricKind
{
    /// <summary>Processor time: cores, and percent of the limit.</summary>
    Cpu,

    /// <summary>Memory that cannot be taken back (the working set): bytes, and percent of the limit. At the limit a container is killed.</summary>
    Memory,

    /// <summary>What comes in over the network: bytes a second.</summary>
    NetworkIn,

    /// <summary>What goes out over the network: bytes a second.</summary>
    NetworkOut,

    /// <summary>How often containers were started again, since the point before.</summary>
    Restarts,

    /// <summary>Replicas: those that get traffic, with those that are wanted as the limit.</summary>
    Replicas,
}

/// <summary>What a chart's numbers count.</summary>
public enum MetricUnit
{
    /// <summary>Seconds of processor time a second.</summary>
    Cores,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Bytes a second.</summary>
    BytesPerSecond,

    /// <summary>Things.</summary>
    Count,
}

/// <summary>Why there is nothing to show, or not all of it.</summary>
public enum MetricsProblem
{
    /// <summary>The operator has set up no Prometheus.</summary>
    NotConfigured,

    /// <summary>Prometheus cannot be reached.</summary>
    Unreachable,

    /// <summary>Prometheus does not answer in time.</summary>
    Slow,

    /// <summary>Prometheus refuses the question, for instance as too large.</summary>
    Refused,

    /// <summary>Prometheus answers, and knows nothing (new) of what runs.</summary>
    NoData,

    /// <summary>The cluster's container runtime does not measure it for each pod.</summary>
    NotMeasured,
}

/// <summary>Why there is nothing to show, or not all of it.</summary>
/// <param name="Problem">What it is.</param>
/// <param name="Since">Since when; null where it was never otherwise.</param>
/// <param name="Detail">The same for a person, in a sentence.</param>
public sealed record MetricsTrouble(MetricsProblem Problem, DateTimeOffset? Since, string Detail);

/// <summary>One line of a chart. The point at index i is for the time <c>From + i × Step</c>.</summary>
/// <param name="App">The app; null: all other apps of the project together.</param>
/// <param name="Pod">The pod; null: all pods of the app together.</param>
/// <param name="Values">In the chart's unit; null where nothing is known.</param>
/// <param name="Percent">The same in percent of the limit, where there is one; null where the chart has no limits.</param>
/// <param name="Limit">The limit in the chart's unit; null where the chart has no limits.</param>
public sealed record MetricSeries(
    string? App, string? Pod, IReadOnlyList<double?> Values, IReadOnlyList<double?>? Percent = null, IReadOnlyList<double?>? Limit = null);

/// <summary>A chart.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Unit">What its numbers count.</param>
/// <param name="Series">Its lines: of an app its own and then its pods'; of a project those apps that use most, and
/// all others together.</param>
/// <param name="Trouble">Why it does not show (all of) it; null where it does.</param>
public sealed record MetricChart(MetricKind Kind, MetricUnit Unit, IReadOnlyList<MetricSeries> Series, MetricsTrouble? Trouble = null);

/// <summary>Something that happened in the time that a chart shows.</summary>
/// <param name="At">When.</param>
/// <param name="App">To which app.</param>
/// <param name="Release">To which release of it.</param>
/// <param name="Kind">What: <see cref="TimelineKind.Accepted"/> is a new release, the others are incidents.</param>
/// <param name="Message">In words.</param>
public sealed record MetricMark(DateTimeOffset At, string App, int Release, TimelineKind Kind, string Message);

/// <summary>What an app, or the apps of a project, used over a time.</summary>
public sealed record MetricsView
{
    /// <summary>The time of the first point.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The time of the last point.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Seconds from one point to the next.</summary>
    public required int Step { get; init; }

    /// <summary>One for each <see cref="MetricKind"/>.</summary>
    public required IReadOnlyList<MetricChart> Charts { get; init; }

    /// <summary>
    /// Where the newest numbers of CPU and memory were measured: <c>cadvisor</c>, or <c>resource</c> (the kubelet's own measurement, where
    /// cAdvisor cannot tell pods apart); both where it is not the same everywhere. Empty where nothing is known.
    /// </summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>
    /// The releases and incidents of that time, oldest first; at most the newest <see cref="MostMarks"/>. They are from the timeline and known
    /// whatever is wrong with Prometheus.
    /// </summary>
    public IReadOnlyList<MetricMark> Marks { get; init; } = [];

    /// <summary>The most marks of an answer.</summary>
    public const int MostMarks = 200;

    /// <summary>What is wrong with all charts; null where nothing is.</summary>
    public MetricsTrouble? Trouble { get; init; }
}

/// <summary>Which time is asked for.</summary>
/// <param name="Range">How far back, such as <c>15m</c>, <c>6h</c> or <c>30d</c>.</param>
/// <param name="Step">From one point to the next, such as <c>30s</c>; null: so that there are a few hundred.</param>
public sealed record MetricsQuery(string Range = "1h", string? Step = null);

/// <summary>A link to another program that shows more of an app.</summary>
/// <param name="Program"><c>prometheus</c> or <c>grafana</c>.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Url">Where.</param>
/// <param name="Expression">The PromQL expression that it opens with; null for a dashboard.</param>
public sealed record MetricsLink(string Program, string Title, string Url, string? Expression);

/// <summary>Links to other programs; empty where the operator has named none.</summary>
public sealed record MetricsLinks(IReadOnlyList<MetricsLink> Links);
