using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Derives an app's status from what is wanted and what is seen. Pure.</summary>
public static class StatusRules
{
    /// <summary>The status of an app.</summary>
    public static AppStatus Derive(DesiredApp desired, ObservedApp observed, DateTimeOffset now) =>
        new() { State = desired.Deleting ? AppState.Deleting : AppState.Deploying, Wanted = desired.Spec.Replicas, Ready = observed.Pods.Count(p => p.Ready && p.CreatedAt <= now) };
}
