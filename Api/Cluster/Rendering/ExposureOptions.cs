using System.Text.RegularExpressions;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>How apps are reached from outside the cluster.</summary>
public enum ExposureMode
{
    /// <summary>On a port of every node, which the cluster chooses.</summary>
    NodePort,

    /// <summary>By a host name of their own, through the cluster's ingress controller.</summary>
    Ingress,

    /// <summary>Not at all: only the apps of the same project reach each other.</summary>
    None,
}

/// <summary>The settings <c>Exposure:*</c>.</summary>
public sealed partial record ExposureOptions
{
    /// <summary>How apps are reached.</summary>
    public ExposureMode Mode { get; init; } = ExposureMode.NodePort;

    /// <summary><see cref="ExposureMode.NodePort"/>: the host name or IP address under which the nodes are reached.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary><see cref="ExposureMode.Ingress"/>: apps are reached as <c>&lt;app&gt;-&lt;project&gt;.&lt;Domain&gt;</c>, so a wildcard record has to lead to the ingress controller.</summary>
    public string Domain { get; init; } = "";

    /// <summary>The ingress class; empty: the cluster's default.</summary>
    public string IngressClass { get; init; } = "";

    /// <summary><c>http</c> or <c>https</c>: what addresses begin with.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>The Secret with the certificate, in each project's namespace; empty: the ingress controller's default certificate.</summary>
    public string TlsSecret { get; init; } = "";

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(ExposureOptions options) => options switch
    {
        { Scheme: not ("http" or "https") } => $"The setting Exposure:Scheme is '{options.Scheme}'; it must be 'http' or 'https'.",
        { Mode: ExposureMode.NodePort } when Uri.CheckHostName(options.Host) == UriHostNameType.Unknown =>
            $"The setting Exposure:Host is '{options.Host}'; it must be the host name or IP address under which the cluster's nodes are reached.",
        { Mode: ExposureMode.Ingress, Domain: "" } =>
            "The setting Exposure:Domain is missing: with Exposure:Mode=Ingress, apps are reached as <app>-<project>.<Domain>.",
        // 63 characters for the app's own label, and the dot.
        { Mode: ExposureMode.Ingress } when options.Domain.Length > 253 - 64 || !DnsName().IsMatch(options.Domain) =>
            $"The setting Exposure:Domain is '{options.Domain}'; it must be a DNS name in lower case, such as 'apps.example.org', of at most 189 characters.",
        { IngressClass: not "" } when !DnsName().IsMatch(options.IngressClass) =>
            $"The setting Exposure:IngressClass is '{options.IngressClass}'; it must be the name of an IngressClass of the cluster.",
        { TlsSecret: not "" } when !DnsName().IsMatch(options.TlsSecret) =>
            $"The setting Exposure:TlsSecret is '{options.TlsSecret}'; it must be the name of a Secret.",
        _ => null,
    };

    // RFC 1123, as Kubernetes asks for it.
    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DnsName();
}
