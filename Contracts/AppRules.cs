using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Contracts;

/// <summary>
/// Which specs can run. Each rule is either Kubernetes' own, so that an accepted app is never refused by the cluster, or a bound
/// that keeps one app from filling the platform. Answers are field name -> sentences, as RFC 9457 validation problems carry them.
/// </summary>
public static partial class AppRules
{
    /// <summary>The longest image reference.</summary>
    public const int MaxImageLength = 512;

    /// <summary>The most variables of one app.</summary>
    public const int MaxVariables = 200;

    /// <summary>The longest value of a variable, in UTF-8 bytes.</summary>
    public const int MaxValueBytes = 32 * 1024;

    /// <summary>The most bytes of all variables together: a Secret holds at most 1 MiB (k8s.io/api/core/v1, MaxSecretSize).</summary>
    public const int MaxEnvironmentBytes = 512 * 1024;

    /// <summary>The most strings of a command or argument list, and the most bytes of one of them.</summary>
    public const int MaxArguments = 100, MaxArgumentBytes = 8 * 1024;

    /// <summary>What is wrong with a new app, by field; empty where nothing is.</summary>
    public static Dictionary<string, string[]> Check(CreateApp app)
    {
        var errors = new Errors();
        errors.Add("name", NameRules.ExplainApp(app.Name));
        CheckSpec(errors, app.Image, app.Port, app.Replicas, app.Resources, app.Command, app.Arguments, app.HealthPath);
        CheckMetrics(errors, app.Metrics);
        CheckEnvironment(errors, app.Environment!);
        foreach (var name in app.Environment?.Where(v => v.Value is null).Select(v => v.Key) ?? [])
        {
            errors.Add($"environment.{Shown(name)}", "A value is text. To leave a variable unset, leave it out.");
        }

        return errors.ToDictionary();
    }

    /// <summary>What is wrong with the fields that a patch names; the whole that comes out is checked again when it is merged.</summary>
    public static Dictionary<string, string[]> Check(PatchApp patch)
    {
        var errors = new Errors();
        CheckSpec(errors, patch.Image ?? "image", patch.Port.Or(null), patch.Replicas ?? 1, patch.Resources ?? Resources.Default,
            patch.Command ?? [], patch.Arguments ?? [], patch.HealthPath.Or(null), patch.HealthPath.Or(null) is not null && !patch.Port.IsSet);
        CheckMetrics(errors, patch.Metrics.Or(null));
        CheckEnvironment(errors, patch.Environment ?? new Dictionary<string, string?>());
        errors.Add("reason", patch.Reason switch
        {
            { Length: > 500 } => "A reason has at most 500 characters.",
            { } text when !IsText(text) => "A reason is plain text without control characters.",
            _ => null,
        });
        return errors.ToDictionary();
    }

    /// <summary>What is wrong with an image reference, as a sentence; null where nothing is.</summary>
    public static string? ExplainImage(string? image) => image switch
    {
        null or "" => "An app needs a container image, such as 'nginx:1.27' or 'ghcr.io/team/shop:1.4'.",
        { Length: > MaxImageLength } => $"An image link has at most {MaxImageLength} characters.",
        _ when image.Contains("://", StringComparison.Ordinal) =>
            "Leave out the 'https://': an image link is what you would give to 'docker pull', such as 'ghcr.io/team/shop:1.4'.",
        _ when image.Any(char.IsWhiteSpace) => "An image link has no spaces.",
        _ when !ImageReference().IsMatch(image) =>
            "This is no image link. It looks like 'nginx', 'nginx:1.27', 'ghcr.io/team/shop:1.4' or '…@sha256:…', in lower case up to the tag.",
        _ => null,
    };

    private static void CheckSpec(Errors errors, string? image, int? port, int replicas, Resources? resources,
        IReadOnlyList<string>? command, IReadOnlyList<string>? arguments, string? healthPath, bool portUnknown = false)
    {
        errors.Add("image", ExplainImage(image));
        errors.Add("port", port is < 1 or > 65535 ? "A port is a number from 1 to 65535." : null);
        errors.Add("replicas", replicas is < 1 or > 100
            ? "An app runs 1 to 100 replicas. To run none, stop it." : null);
        errors.Add("resources.cpu", resources switch
        {
            null => "Name the cores, or leave the resources out.",
            { Cpu: < 0.01m or > 64 } => "CPU is 0.01 to 64 cores.",
            { Cpu: var cpu } when decimal.Round(cpu, 3) != cpu => "CPU is given in steps of 0.001 cores.",
            _ => null,
        });
        errors.Add("resources.memoryMiB", resources?.MemoryMiB is < 8 or > 1_048_576 ? "Memory is 8 to 1048576 MiB." : null);
        CheckStrings(errors, "command", command);
        CheckStrings(errors, "arguments", arguments);
        errors.Add("healthPath", healthPath switch
        {
            null => null,
            _ when port is null && !portUnknown => "Only an app with a port can have a health path.",
            { Length: > 1024 } => "A health path has at most 1024 characters.",
            _ when !HealthPath().IsMatch(healthPath) => "A health path begins with '/' and has no spaces, such as '/healthz'.",
            _ => null,
        });
    }

    private static void CheckMetrics(Errors errors, AppMetrics? metrics)
    {
        errors.Add("metrics.port", metrics?.Port is < 1 or > 65535 ? "A port is a number from 1 to 65535." : null);
        errors.Add("metrics.path", metrics switch
        {
            null => null,
            { Path: null or "" } => "Name the path, or leave it out for '/metrics'.",
            { Path.Length: > 1024 } => "A path has at most 1024 characters.",
            // What follows a '?' or '#' would not be part of the path.
            _ when !HealthPath().IsMatch(metrics.Path) || metrics.Path.AsSpan().ContainsAny("?#") => "A path begins with '/' and has no spaces, '?' or '#', such as '/metrics'.",
            _ => null,
        });
    }

    private static void CheckStrings(Errors errors, string field, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            errors.Add(field, "Leave the list out, or give an empty one.");
            return;
        }

        errors.Add(field, values.Count > MaxArguments ? $"At most {MaxArguments} strings." : null);
        for (var i = 0; i < Math.Min(values.Count, MaxArguments); i++)
        {
            errors.Add($"{field}[{i}]", values[i] switch
            {
                null => "This string is null.",
                var text when text.Contains('\0') => "A process cannot be given the character U+0000.",
                var text when !IsUnicode(text) => "This is not valid Unicode.",
                var text when Encoding.UTF8.GetByteCount(text) > MaxArgumentBytes => $"At most {MaxArgumentBytes} bytes.",
                _ => null,
            });
        }
    }

    private static void CheckEnvironment(Errors errors, IReadOnlyDictionary<string, string?>? environment)
    {
        if (environment is null)
        {
            errors.Add("environment", "Leave the environment out, or give an empty object.");
            return;
        }

        errors.Add("environment", environment.Count > MaxVariables ? $"An app has at most {MaxVariables} variables." : null);
        long bytes = 0;
        foreach (var (name, value) in environment.Take(MaxVariables))
        {
            errors.Add($"environment.{Shown(name)}", ExplainVariable(name, value));
            bytes += name.Length + (value is null ? 0 : Encoding.UTF8.GetByteCount(value));
        }

        errors.Add("environment", bytes > MaxEnvironmentBytes ? $"All variables together have at most {MaxEnvironmentBytes / 1024} KiB." : null);
    }

    /// <summary>What is wrong with a variable, as a sentence; null where nothing is. A null value stands for its removal.</summary>
    public static string? ExplainVariable(string name, string? value) => name switch
    {
        { Length: 0 or > 253 } => "A variable's name has 1 to 253 characters.",
        _ when !VariableName().IsMatch(name) =>
            "A variable's name has letters, digits and '_', '-' or '.', and does not begin with a digit.",
        // Both would be refused as keys of a Secret (k8s.io/apimachinery, IsConfigMapKey).
        _ when name.StartsWith("..", StringComparison.Ordinal) || name == "." => "A variable's name is not '.' and does not begin with '..'.",
        _ when value is null => null,
        _ when value.Contains('\0') => "A variable cannot hold the character U+0000.",
        _ when !IsUnicode(value) => "This value is not valid Unicode.",
        _ when Encoding.UTF8.GetByteCount(value) > MaxValueBytes => $"A value has at most {MaxValueBytes / 1024} KiB.",
        _ => null,
    };

    /// <summary>Whether a text can be shown on one line: valid Unicode without control characters.</summary>
    public static bool IsText(string text) => IsUnicode(text) && !text.Any(char.IsControl);

    /// <summary>Whether a text is valid Unicode.</summary>
    public static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }

    // A name that is wrong may be anything: never longer than a line, never with control characters.
    private static string Shown(string name) =>
        new([.. name.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);

    private sealed class Errors
    {
        private readonly Dictionary<string, List<string>> byField = [];

        public void Add(string field, string? sentence)
        {
            if (sentence is not null)
            {
                (byField.TryGetValue(field, out var sentences) ? sentences : byField[field] = []).Add(sentence);
            }
        }

        public Dictionary<string, string[]> ToDictionary() => byField.ToDictionary(e => e.Key, e => e.Value.ToArray());
    }

    // The grammar of github.com/distribution/reference: domain, path components, tag, digest.
    [GeneratedRegex(
        @"\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?" +
        @"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*" +
        @"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[a-f0-9]{64}|@sha512:[a-f0-9]{128})?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ImageReference();

    [GeneratedRegex(@"\A/[!-~]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex HealthPath();

    [GeneratedRegex(@"\A[-._a-zA-Z][-._a-zA-Z0-9]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
