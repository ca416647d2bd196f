using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.AppHost.Publishing;

/// <summary>Kubernetes as the place that the application is published to, with the names of Aspire's own integration.</summary>
sealed class KubernetesEnvironmentResource : Resource, IComputeEnvironmentResource
{
    public KubernetesEnvironmentResource(string name)
        : base(name)
    {
        // Not one of the steps that Aspire prepares publishing with: those want a value for every parameter, and keep it in clear.
        Annotations.Add(new PipelineStepAnnotation(_ => new PipelineStep
        {
            Name = $"publish-{name}",
            Description = $"Writes the Helm chart of {name}",
            Action = Publish,
            RequiredBySteps = [WellKnownPipelineSteps.Publish],
        }));
    }

    /// <summary>The chart.</summary>
    public HelmChartOptions Chart { get; } = new();

    /// <inheritdoc/>
    public ReferenceExpression GetHostAddressExpression(EndpointReference endpointReference) => ReferenceExpression.Create($"{endpointReference.Resource.Name}-service");

    private async Task Publish(PipelineStepContext context)
    {
        var output = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        foreach (var (path, text) in await HelmChart.Render(context.Model, context.ExecutionContext, Chart, context.CancellationToken))
        {
            var file = Path.Combine(output, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text, context.CancellationToken);
        }

        PublishResult.Succeeded = true;
        Console.WriteLine($"Chart '{Chart.ChartName}' written to {output}. Secrets in its values.yaml are empty: set them when you install it.");
    }
}

/// <summary>What the chart is called.</summary>
sealed class HelmChartOptions
{
    public string ChartName { get; private set; } = "aspire";

    public string ChartVersion { get; private set; } = "0.1.0";

    public HelmChartOptions WithChartName(string name)
    {
        ChartName = name;
        return this;
    }

    public HelmChartOptions WithChartVersion(string version)
    {
        ChartVersion = version;
        return this;
    }
}

/// <summary>A step that fails is logged by Aspire and leaves the exit code at 0: only who knows the result can return another.</summary>
static class PublishResult
{
    public static bool Succeeded { get; set; }
}

/// <summary>Kubernetes in the model.</summary>
static class KubernetesEnvironmentExtensions
{
    /// <summary>Adds Kubernetes as the place to publish to.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> AddKubernetesEnvironment(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new KubernetesEnvironmentResource(name));

    /// <summary>Sets what the chart is called.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> WithHelm(this IResourceBuilder<KubernetesEnvironmentResource> builder, Action<HelmChartOptions> configure)
    {
        configure(builder.Resource.Chart);
        return builder;
    }
}
