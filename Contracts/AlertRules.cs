namespace Slipway.Contracts;

/// <summary>A built-in alert rule. What Prometheus evaluates is in <c>deploy/prometheus/rules/alerts.yml</c>, under the same name.</summary>
/// <param name="Title">In a few words.</param>
/// <param name="Meaning">When it is raised, in a sentence; <c>{0}</c> is the threshold with its unit.</param>
/// <param name="Threshold">What it is raised at, unless somebody sets it; null where there is nothing to set.</param>
/// <param name="Unit">The threshold's, in words.</param>
public sealed record AlertRule(string Name, string Title, string Meaning, AlertSeverity Severity, AlertThreshold? Threshold = null);

/// <summary>A number that a rule compares with.</summary>
/// <param name="Unit">In words, such as <c>%</c>.</param>
public sealed record AlertThreshold(double Default, double Least, double Most, string Unit);

/// <summary>The built-in rules. A test compares them with the rules file.</summary>
public static class AlertRules
{
    /// <summary>The longest that a rule can be silenced at a time.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromDays(90);

    /// <summary>Every rule about an app.</summary>
    public static IReadOnlyList<AlertRule> OfApps { get; } =
    [
        new("AppDown", "Down", "No replica is ready although the app should run.", AlertSeverity.Critical),
        new("AppCrashLooping", "Crashes again and again", "A replica crashes soon after each start, so that the cluster waits longer and longer before it starts it again.", AlertSeverity.Critical),
        new("AppImageNotPulled", "Image cannot be fetched", "A replica cannot start because its image cannot be fetched.", AlertSeverity.Critical),
        new("AppRestarting", "Restarts often", "Its containers were restarted more than {0}.", AlertSeverity.Warning, new(3, 0, 1000, "times within 15 minutes")),
        new("AppCpuNearLimit", "CPU near the limit", "A replica uses more than {0} for some time, and is slowed down when it reaches it.", AlertSeverity.Warning, new(90, 1, 100, "% of its CPU limit")),
        new("AppMemoryNearLimit", "Memory near the limit", "A replica uses more than {0}; beyond the limit it is ended.", AlertSeverity.Warning, new(90, 1, 100, "% of its memory limit")),
        new("AppOutOfMemoryKilled", "Ended for using too much memory", "A replica was ended because it used more memory than its limit.", AlertSeverity.Critical),
        new("AppReplicasMissing", "Replicas are missing", "Fewer replicas are ready than are wanted.", AlertSeverity.Warning),
    ];

    /// <summary>Every rule about the platform itself.</summary>
    public static IReadOnlyList<AlertRule> OfPlatform { get; } =
    [
        new("SlipwayQueueStuck", "Changes are not carried out", "What people asked for waits in the queue for longer than it should.", AlertSeverity.Critical),
        new("SlipwayWatchLost", "The cluster is not seen", "Slipway does not hear what happens in the cluster, so what it shows may be old.", AlertSeverity.Critical),
        new("PrometheusTargetDown", "A part does not answer Prometheus", "Prometheus cannot read the numbers of a part of the platform.", AlertSeverity.Warning),
    ];

    /// <summary>The title of a rule; one that an operator has added is called by its own name.</summary>
    public static string TitleOf(string rule) => OfApps.Concat(OfPlatform).FirstOrDefault(r => r.Name == rule)?.Title ?? rule;

    /// <summary>The rule about apps of this name; null where there is none.</summary>
    public static AlertRule? Find(string name) => OfApps.FirstOrDefault(r => r.Name == name);

    /// <summary>What is wrong with a threshold, as a sentence; null where nothing is.</summary>
    public static string? ExplainThreshold(AlertRule rule, double value) => rule.Threshold is not { } threshold ? "This rule has no threshold."
        : double.IsFinite(value) && value >= threshold.Least && value <= threshold.Most ? null
        : $"A threshold here is {threshold.Least:0.##} to {threshold.Most:0.##} {threshold.Unit}.";
}
