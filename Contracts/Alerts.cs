namespace Slipway.Contracts;

/// <summary>How bad an alert is.</summary>
public enum AlertSeverity
{
    /// <summary>Somebody should look at it.</summary>
    Warning,

    /// <summary>People notice: something does not work.</summary>
    Critical,
}

/// <summary>Something that is in trouble, or was.</summary>
/// <param name="Rule">Which rule raised it, such as <c>AppDown</c>; see <see cref="AlertRules"/>.</param>
/// <param name="Project">Null where it is about the platform itself.</param>
/// <param name="App">Null where it is about no app.</param>
/// <param name="Subject">What exactly, where that is more than the app: a pod, a target.</param>
/// <param name="Summary">What is wrong, in a sentence.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="Since">When it began.</param>
/// <param name="Until">When it was over; null while it is not.</param>
/// <param name="SilencedUntil">Until when nobody is told of it; null where people are.</param>
public sealed record AlertView(
    Guid Id, string Rule, string Title, AlertSeverity Severity, string? Project, string? App, string? Subject, string Summary, string Advice,
    DateTimeOffset Since, DateTimeOffset? Until, DateTimeOffset? SilencedUntil)
{
    /// <summary>Whether it goes on.</summary>
    public bool Open => Until is null;
}

/// <summary>A rule as it stands for one app.</summary>
/// <param name="Rule">Such as <c>AppCpuNearLimit</c>.</param>
/// <param name="Threshold">What it is raised at here, in <paramref name="Unit"/>; null where there is nothing to set.</param>
/// <param name="Default">What it is raised at unless somebody sets it.</param>
/// <param name="Unit">In words; null where there is no threshold.</param>
/// <param name="SilencedUntil">Until when nobody is told; null where people are.</param>
/// <param name="SilencedBy">Who silenced it.</param>
public sealed record AlertRuleView(
    string Rule, string Title, string Meaning, AlertSeverity Severity, double? Threshold, double? Default, string? Unit, double? Least, double? Most,
    DateTimeOffset? SilencedUntil, string? SilencedBy);

/// <summary>Silences a rule for an app: its alerts are shown, and nobody is told.</summary>
/// <param name="Until">In the future, at most <see cref="AlertRules.LongestSilence"/> from now.</param>
public sealed record PutSilence(DateTimeOffset Until);

/// <summary>Changes what a rule is raised at for an app.</summary>
/// <param name="Value">In the rule's unit.</param>
public sealed record PutThreshold(double Value);
