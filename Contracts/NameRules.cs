using System.Text.RegularExpressions;

namespace Slipway.Contracts;

/// <summary>Which names projects and apps may have. The portal and the API say the same sentence about the same mistake.</summary>
public static partial class NameRules
{
    /// <summary>The longest project name: a namespace is a DNS label (RFC 1123), at most 63 characters.</summary>
    public const int ProjectMaxLength = 63;

    /// <summary>The longest app name: 63 less the longest suffix of a derived object's name (<c>-env-1234567</c>).</summary>
    public const int AppMaxLength = 50;

    /// <summary>Namespaces that belong to Kubernetes or to the platform itself; so does everything that begins with <c>kube-</c>.</summary>
    public static IReadOnlySet<string> ReservedProjects { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "default", "slipway", "slipway-system", "k0s-system", "k0s-autopilot", "monitoring", "ingress-nginx", "cert-manager", "new",
    };

    /// <summary>What is wrong with a project's name, as a sentence; null where nothing is.</summary>
    public static string? ExplainProject(string? name) => name switch
    {
        null or "" => "A project needs a name.",
        { Length: > ProjectMaxLength } => $"A project's name has at most {ProjectMaxLength} characters; this one has {name.Length}.",
        _ when !Label().IsMatch(name) =>
            "A project's name has only lower-case letters, digits and hyphens, and begins and ends with a letter or digit.",
        _ when ReservedProjects.Contains(name) || name.StartsWith("kube-", StringComparison.Ordinal) =>
            $"The name '{name}' is reserved for the platform. Choose another one.",
        _ => null,
    };

    /// <summary>What is wrong with an app's name, as a sentence; null where nothing is.</summary>
    public static string? ExplainApp(string? name) => name switch
    {
        null or "" => "An app needs a name.",
        { Length: > AppMaxLength } => $"An app's name has at most {AppMaxLength} characters; this one has {name.Length}.",
        // A Service's name is a DNS label of RFC 1035, so it cannot begin with a digit.
        _ when !Label().IsMatch(name) || char.IsAsciiDigit(name[0]) =>
            "An app's name has only lower-case letters, digits and hyphens, begins with a letter and ends with a letter or digit.",
        _ => null,
    };

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
