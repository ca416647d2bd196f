using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>Where an app is reached.</summary>
public static class Exposure
{
    /// <summary>An app's address; null for a worker, and while the cluster has not given it one.</summary>
    public static string? Address(ExposureOptions options, DesiredApp desired, ObservedApp observed) => (desired.Spec.Port, options.Mode) switch
    {
        (null, _) => null,
        (_, ExposureMode.NodePort) when observed.Service?.NodePort is { } port => $"{options.Scheme}://{Bracketed(options.Host)}:{port}",
        (_, ExposureMode.Ingress) when observed.Ingress is not null => $"{options.Scheme}://{AppIngress.Host(desired.Name, desired.Project, options.Domain)}",
        _ => null,
    };

    // RFC 3986, 3.2.2.
    private static string Bracketed(string host) => host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
}
