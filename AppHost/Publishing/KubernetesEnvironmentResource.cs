using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Slipway.AppHost.Publishing;

/// <summary>
/// Kubernetes as the place that the application is published to, with the names of Aspire's own integration. Writes <c>manifests/</c>, for
/// <c>kubectl apply -k</c>, and <c>chart/</c>, for Helm, from the same objects.
/// </summary>
sealed class KubernetesEnvironmentResource : Resource, IComputeEnvironmentResource
{
    private readonly IConfiguration configuration;
    private readonly string repository;

    public KubernetesEnvironmentResource(string name, IConfiguration configuration, string repository)
        : base(name)
    {
        this.configuration = configuration;
        this.repository = repository;
        // Not one of the steps that Aspire prepares publishing with: those want a value for every parameter, and keep it in clear.
        Annotations.Add(new PipelineStepAnnotation(_ => new PipelineStep
        {
            Name = $"publish-{name}",
            Description = "Writes manifests and a Helm chart",
            Action = Publish,
            RequiredBySteps = [WellKnownPipelineSteps.Publish],
        }));
    }

    /// <summary>Whether a publishing step came to its end: Aspire logs one that fails, and leaves the exit code at 0.</summary>
    public bool HasPublished { get; private set; }

    /// <inheritdoc/>
    public ReferenceExpression GetHostAddressExpression(EndpointReference endpointReference) => ReferenceExpression.Create($"{endpointReference.Resource.Name}");

    private async Task Publish(PipelineStepContext context)
    {
        var output = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        var cancel = context.CancellationToken;
        var files = (configuration["values"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (files.Length > 0)
        {
            var (given, problems) = ValuesFile.Read(files);
            if (problems.Count > 0)
            {
                await Console.Error.WriteLineAsync($"The manifests cannot be written:\n{string.Concat(problems.Select(p => $"  - {p}\n"))}");
                throw new DistributedApplicationException("Some values are wrong.");
            }

            await Write(output, "manifests", ManifestFiles.Plain(await Manifests.Render(context.Model, context.ExecutionContext, new GivenValues(given), repository, cancel)), cancel);
        }
        else
        {
            await Write(output, "manifests", ManifestFiles.Plain(await Manifests.Render(context.Model, context.ExecutionContext, new GivenValues(new Dictionary<string, object>()), repository, cancel)), cancel);
        }

        var placeholders = new ChartPlaceholders();
        var version = typeof(KubernetesEnvironmentResource).Assembly.GetName().Version!.ToString(3);
        await Write(output, "chart", ManifestFiles.Chart(await Manifests.Render(context.Model, context.ExecutionContext, placeholders, repository, cancel), placeholders, version), cancel);
        HasPublished = true;
        Console.WriteLine(files.Length > 0
            ? $"Manifests with the values of {string.Join(" and ", files)}, and the chart, are written to {output}."
            : $"Manifests and chart are written to {output}. Their secrets are empty: give a file with --values for manifests that can be applied.");
    }

    private static async Task Write(string output, string folder, IReadOnlyDictionary<string, string> files, CancellationToken cancel)
    {
        var place = Path.Combine(output, folder);
        // What an earlier version wrote and this one does not would be applied too.
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }

        foreach (var (path, text) in files)
        {
            var file = Path.Combine(place, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                // Manifests hold secrets.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using var writer = new StreamWriter(file, options);
            await writer.WriteAsync(text.AsMemory(), cancel);
        }
    }
}

/// <summary>Kubernetes in the model.</summary>
static class KubernetesEnvironmentExtensions
{
    /// <summary>Adds Kubernetes as the place to publish to.</summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> AddKubernetesEnvironment(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddResource(new KubernetesEnvironmentResource(name, builder.Configuration, Path.GetFullPath(Path.Combine(builder.AppHostDirectory, ".."))));
}
