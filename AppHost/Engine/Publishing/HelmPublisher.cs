using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Engine.Publishing;

/// <summary>
/// Writes the application as a Helm chart, with the names Aspire gives: <c>RESOURCE-deployment</c>, <c>-statefulset</c>,
/// <c>-service</c>, <c>-config</c>, <c>-secrets</c>. What the model does not say (rights, probes, Ingress, storage) is no part of it;
/// see deploy/k0s.
/// </summary>
static class HelmPublisher
{
    /// <exception cref="DistributedApplicationException">The command line or the model is wrong.</exception>
    public static void Publish(IReadOnlyList<IResource> model, IConfiguration configuration, TextWriter console)
    {
        if (configuration["step"] is { } step && step != "publish")
        {
            throw new DistributedApplicationException($"There is no step '{step}'; this engine knows 'publish'.");
        }

        var environment = model.OfType<KubernetesEnvironmentResource>().FirstOrDefault()
            ?? throw new DistributedApplicationException("The model says nowhere where to publish to: AddKubernetesEnvironment is missing.");
        var output = Path.GetFullPath(configuration["output-path"] ?? "aspire-output");

        foreach (var (path, text) in Render(model, environment))
        {
            var file = Path.Combine(output, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        console.WriteLine($"Chart '{environment.Chart.ChartName}' written to {output}. Secrets in its values.yaml are empty: set them when you install it.");
    }

    /// <summary>The chart's files: path below the chart, text.</summary>
    public static IReadOnlyDictionary<string, string> Render(IReadOnlyList<IResource> model, KubernetesEnvironmentResource environment)
    {
        var values = new ChartValues();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in model.Where(r => r is ProjectResource or PostgresServerResource))
        {
            foreach (var (name, text) in new ChartTemplates(resource, model, environment, values).Render())
            {
                files[$"templates/{resource.Name}/{name}.yaml"] = text;
            }
        }

        files["Chart.yaml"] = $"""
            apiVersion: v2
            name: {Yaml.Quote(environment.Chart.ChartName)}
            version: {Yaml.Quote(environment.Chart.ChartVersion)}
            appVersion: {Yaml.Quote(environment.Chart.ChartVersion)}
            kubeVersion: ">= 1.20.0-0"
            description: "From a container image link to a running app"
            type: application

            """;
        files["values.yaml"] = values.ToYaml();
        return files;
    }
}
