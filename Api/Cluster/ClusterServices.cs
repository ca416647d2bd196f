using Microsoft.Extensions.Options;
using Slipway.Api.Apps.Crashes;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Cluster;

/// <summary>Registers all that has to do with the cluster.</summary>
public static class ClusterServices
{
    /// <summary>Adds the connection to the cluster, the watchers and the state that they keep, statuses and the timeline.</summary>
    public static void AddCluster(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterOptions>, ClusterOptionsCheck>();
        services.AddSingleton<ClusterConnection>();
        services.AddSingleton(provider => provider.GetRequiredService<ClusterConnection>().Client);
        services.AddSingleton<ClusterState>();
        services.AddSingleton<WatchMetrics>();
        services.AddHostedService<ClusterWatchers>();
        services.AddSingleton<AppChanges>();
        services.AddHostedService(provider => provider.GetRequiredService<AppChanges>());
        services.AddSingleton<TimelineStore>();
        services.AddHostedService<TimelineRecorder>();
        services.AddSingleton<PodLog>();
        services.AddSingleton<LogMerge>();
        services.AddSingleton<StreamAccess>();
        services.AddSingleton<CrashStore>();
        services.AddSingleton<LastLines>();
        services.AddHostedService<CrashRecorder>();
        builder.AddReconciling();
    }

    private sealed class ClusterOptionsCheck : IValidateOptions<ClusterOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClusterOptions options) =>
            ClusterOptions.Explain(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
