using k8s.Models;
using Slipway.Api.Storage;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>
/// How the cluster finds out whether a replica is well. With a health path: it must answer before it gets traffic, and one that stops
/// answering is restarted. With a port alone: it gets traffic while the port accepts connections, and is never restarted for it,
/// because a port that is busy is no proof of a fault.
/// </summary>
internal static class AppProbes
{
    public static V1Probe? Readiness(AppSpec spec) => Probe(spec, period: 1, timeout: 3, failures: 3);

    /// <summary>Holds the other probes back while an app starts, for as long as a rollout may take without progress.</summary>
    public static V1Probe? Startup(AppSpec spec, RenderingOptions options) =>
        spec.HealthPath is null ? null : Probe(spec, period: 1, timeout: 3, failures: options.ProgressDeadlineSeconds);

    public static V1Probe? Liveness(AppSpec spec) => spec.HealthPath is null ? null : Probe(spec, period: 10, timeout: 5, failures: 3);

    private static V1Probe? Probe(AppSpec spec, int period, int timeout, int failures) => spec.Port is not { } port ? null : new V1Probe
    {
        HttpGet = spec.HealthPath is { } path ? new V1HTTPGetAction { Path = path, Port = port, Scheme = "HTTP" } : null,
        TcpSocket = spec.HealthPath is null ? new V1TCPSocketAction { Port = port } : null,
        PeriodSeconds = period,
        TimeoutSeconds = timeout,
        // The default, but named: server-side apply removes only what it has set, and a probe of which one default is left is refused.
        SuccessThreshold = 1,
        FailureThreshold = failures,
    };
}
