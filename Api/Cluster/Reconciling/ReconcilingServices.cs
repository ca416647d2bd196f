using Microsoft.Extensions.Options;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Projects;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Registers the queue, the reconciler and what they need.</summary>
public static class ReconcilingServices
{
    public static void AddReconciling(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddChecked<ExposureOptions>("Exposure", ExposureOptions.Explain);
        services.AddChecked<RenderingOptions>(ClusterOptions.Section, RenderingOptions.Explain);
        services.AddChecked<ReconcilingOptions>(ClusterOptions.Section, ReconcilingOptions.Explain);
        services.AddChecked<QuotaOptions>("Projects:Quota", QuotaOptions.Explain);

        services.AddSingleton<ClusterObjects>();
        services.AddSingleton<NamespaceCreation>();
        services.AddSingleton<ObjectWriter>();
        services.AddSingleton<Settings>();
        services.AddSingleton<WorkQueue>();
        services.AddSingleton<Awaited>();
        services.AddSingleton<ReconcilerTelemetry>();
        services.AddSingleton<AppRecords>();
        services.AddSingleton<AppRemoval>();
        services.AddSingleton<AppReconciler>();
        services.AddSingleton<ProjectReconciler>();
        services.AddSingleton<Comparison>();
        services.AddSingleton<WorkSignal>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkSignal>());
        services.AddHostedService<Reconciler>();
        services.AddHostedService<DriftDetector>();
    }

    private static void AddChecked<T>(this IServiceCollection services, string section, Func<T, string?> explain)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Check<T>(explain));
    }

    private sealed class Check<T>(Func<T, string?> explain) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            explain(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;
    }
}
