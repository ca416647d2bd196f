namespace Slipway.AppHost.Publishing;

/// <summary>
/// The application as a Helm chart, with the names that Aspire gives: <c>RESOURCE-deployment</c>, <c>-statefulset</c>, <c>-service</c>,
/// <c>-config</c>, <c>-secrets</c>. What the model does not say (rights, probes, Ingress, storage) is no part of it; see deploy/k0s.
/// </summary>
static class HelmChart
{
    /// <summary>The chart's files: path below the chart, text.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> Render(
        DistributedApplicationModel model, DistributedApplicationExecutionContext execution, HelmChartOptions chart, CancellationToken cancel)
    {
        var values = new ChartValues();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in model.GetComputeResources())
        {
            var templates = new ChartTemplates(resource, values);
            await templates.CollectVariables(execution, cancel);
            foreach (var (name, text) in templates.Render())
            {
                files[$"templates/{resource.Name}/{name}.yaml"] = text;
            }
        }

        files["Chart.yaml"] = $"""
            apiVersion: v2
            name: {Yaml.Quote(chart.ChartName)}
            version: {Yaml.Quote(chart.ChartVersion)}
            appVersion: {Yaml.Quote(chart.ChartVersion)}
            kubeVersion: ">= 1.20.0-0"
            description: "From a container image link to a running app"
            type: application

            """;
        files["values.yaml"] = values.ToYaml();
        return files;
    }
}
