using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Contracts;

/// <summary>Which registry an image comes from, and what a project's sign-in to one may be like.</summary>
public static partial class RegistryRules
{
    /// <summary>The registry of an image link that names none.</summary>
    public const string DockerHub = "docker.io";

    /// <summary>The most registries of a project.</summary>
    public const int MostRegistries = 20;

    /// <summary>The longest user name, in characters.</summary>
    public const int UsernameMaxLength = 200;

    /// <summary>The longest password, in UTF-8 bytes: all of a project's fit into one Secret. Cloud registries give tokens of a few KiB.</summary>
    public const int PasswordMaxBytes = 16 * 1024;

    // What Docker Hub is called in image links, in Docker's own configuration, and by its servers.
    private static readonly HashSet<string> NamesOfDockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"];

    /// <summary>
    /// The registry of an image link, in lower case: <c>ghcr.io/team/shop:1.4</c> gives <c>ghcr.io</c>, <c>nginx</c> gives <c>docker.io</c>.
    /// How a name without a host is read: https://docs.docker.com/reference/cli/docker/image/tag/
    /// </summary>
    public static string HostOf(string image) => NamesHost(image) ? Host(image[..image.IndexOf('/', StringComparison.Ordinal)]) : DockerHub;

    /// <summary>Whether an image link names its registry, or leaves it to be Docker Hub.</summary>
    public static bool NamesHost(string image) =>
        image.Split('/') is [var first, _, ..] && (first == "localhost" || first.AsSpan().ContainsAny(".:"));

    /// <summary>A registry as it is stored: in lower case, and Docker Hub by one name.</summary>
    public static string Host(string host) => host.Trim().ToLowerInvariant() is var lower && NamesOfDockerHub.Contains(lower) ? DockerHub : lower;

    /// <summary>What is wrong with a registry's name, as a sentence; null where nothing is.</summary>
    public static string? ExplainHost(string? host) => host?.Trim() switch
    {
        null or "" => "Which registry? Its host, such as 'ghcr.io'; Docker Hub is 'docker.io'.",
        var text when text.Contains("://", StringComparison.Ordinal) || text.Contains('/') =>
            "A registry is a host without 'https://' and without a path, such as 'ghcr.io' or 'registry.example.com:5000'.",
        { Length: <= 259 } text when text == "localhost" || (Registry().IsMatch(text) && text.AsSpan().ContainsAny(".:") && PortIsRight(text)) => null,
        _ => "This is no registry. It looks like 'ghcr.io' or 'registry.example.com:5000'; Docker Hub is 'docker.io'.",
    };

    /// <summary>What is wrong with a sign-in to a registry, by field; the host's is <c>registry</c>.</summary>
    public static Dictionary<string, string[]> Check(string? host, PutRegistry request)
    {
        var errors = Check(request);
        if (ExplainHost(host) is { } wrong)
        {
            errors["registry"] = [wrong];
        }

        return errors;
    }

    /// <summary>What is wrong with a sign-in, by field.</summary>
    public static Dictionary<string, string[]> Check(PutRegistry request)
    {
        var errors = new Dictionary<string, string[]>();
        if (ExplainUsername(request.Username) is { } username)
        {
            errors["username"] = [username];
        }

        if (ExplainPassword(request.Password) is { } password)
        {
            errors["password"] = [password];
        }

        return errors;
    }

    // Between name and password stands a colon (RFC 7617, section 2).
    private static string? ExplainUsername(string? username) => username switch
    {
        null or "" => "Whose account is it? A user name, please.",
        { Length: > UsernameMaxLength } => $"A user name has at most {UsernameMaxLength} characters.",
        _ when !AppRules.IsText(username) || username.Contains(':') => "A user name is plain text without ':'.",
        _ => null,
    };

    private static string? ExplainPassword(string? password) => password switch
    {
        null or "" => "A password or token, please.",
        _ when !AppRules.IsUnicode(password) || password.Contains('\0') => "A password is valid Unicode without the character U+0000.",
        _ when Encoding.UTF8.GetByteCount(password) > PasswordMaxBytes => $"A password has at most {PasswordMaxBytes / 1024} KiB.",
        _ => null,
    };

    private static bool PortIsRight(string host) => host.IndexOf(':', StringComparison.Ordinal) is var colon && (colon < 0 || int.Parse(host[(colon + 1)..]) is >= 1 and <= 65535);

    // The domain of github.com/distribution/reference.
    [GeneratedRegex(@"\A(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*(?::[0-9]{1,5})?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Registry();
}
