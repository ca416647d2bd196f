using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Engine.Running;

/// <summary>How a kind of resource becomes a process.</summary>
sealed record Launch(string Kind, Func<ProcessSpec> Spec, IReadOnlyList<HealthProbe> Probes, IReadOnlyList<EnvironmentVariable> Environment, IReadOnlyList<string> Urls);

/// <summary>Turns resources into processes of this machine.</summary>
sealed class Launcher(IConfiguration configuration, string appHostDirectory, TelemetryTarget? telemetry)
{
    /// <summary>ASP.NET Core lets requests finish for up to 30 s.</summary>
    static readonly TimeSpan ProjectGrace = TimeSpan.FromSeconds(30);

    /// <summary>A cluster takes its components down one by one.</summary>
    static readonly TimeSpan ExecutableGrace = TimeSpan.FromSeconds(60);

    static readonly TimeSpan PostgresGrace = TimeSpan.FromSeconds(30);

    /// <summary>Null when the resource is no process.</summary>
    public Launch? Plan(IResource resource) => resource switch
    {
        ProjectResource project => Project(project),
        ExecutableResource executable => Executable(executable),
        PostgresServerResource postgres => Postgres(postgres),
        _ => null,
    };

    Launch Project(ProjectResource project)
    {
        var output = BuildMetadata.OutputOf(project.ProjectPath)
            ?? throw new DistributedApplicationException($"Resource '{project.Name}': AppHost.csproj has no reference to {project.ProjectPath}.");
        return Plan(project, "project", variables => new(
            DotnetHost, [output, .. ArgumentsOf(project)], Path.GetDirectoryName(project.ProjectPath)!, variables, ProjectGrace));
    }

    Launch Executable(ExecutableResource executable) => Plan(executable, "executable", variables => new(
        executable.Command, ArgumentsOf(executable), executable.WorkingDirectory, variables, ExecutableGrace));

    Launch Postgres(PostgresServerResource postgres)
    {
        var port = postgres.PrimaryEndpoint.Annotation.AllocatedPort;
        IValueProvider connection = postgres.ConnectionStringExpression;
        var launch = Plan(postgres, "server", variables => new(
            "bash",
            [
                "deploy/local/postgres.sh", "serve",
                "--data", Path.Combine(StateFolder.Of(configuration), postgres.Name),
                "--port", $"{port}",
                "--password-file", StateFolder.WriteSecret(configuration, $"{postgres.Name}.password", postgres.PasswordParameter.Value),
                "--stdin-is-lifeline",
            ],
            Path.GetFullPath("..", appHostDirectory),
            variables,
            PostgresGrace));
        return launch with
        {
            Probes = [.. launch.Probes, new PostgresHealthProbe(() => connection.Resolve(new RunValues()) + ";Database=postgres")],
        };
    }

    Launch Plan(IResource resource, string kind, Func<Dictionary<string, string>, ProcessSpec> spec)
    {
        var ofRun = OfRun(resource);
        var values = VariablesOf(new RunValues());
        var shown = VariablesOf(new ShownValues());
        return new(
            kind,
            () => spec(VariablesOf(new RunValues())),
            [.. resource.Annotations.OfType<HttpHealthCheckAnnotation>().Select(c => ProbeOf(resource, c))],
            [.. values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariable(v.Key, v.Value, v.Key is "OTEL_EXPORTER_OTLP_HEADERS" ? ShownValues.Secret : shown[v.Key]))],
            UrlsOf(resource));

        Dictionary<string, string> VariablesOf(ValueResolver values)
        {
            var variables = new Dictionary<string, string>(ofRun);
            foreach (var (name, value) in EnvironmentInjection.OfModel(resource, values))
            {
                variables[name] = value;
            }

            return variables;
        }
    }

    /// <summary>The user's own collector comes before the dashboard.</summary>
    TelemetryTarget? Telemetry { get; } = configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } collector
        ? new(collector, configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? "grpc", configuration["OTEL_EXPORTER_OTLP_HEADERS"])
        : telemetry;

    Dictionary<string, string> OfRun(IResource resource)
    {
        var variables = EnvironmentInjection.OfRun(resource);
        if (resource is ProjectResource && Telemetry is not null)
        {
            EnvironmentInjection.AddTelemetry(variables, Telemetry);
        }

        return variables;
    }

    static HttpHealthProbe ProbeOf(IResource resource, HttpHealthCheckAnnotation check)
    {
        IValueProvider endpoint = new EndpointReference((IResourceWithEndpoints)resource, check.EndpointName);
        return new(new Uri(new Uri(endpoint.Resolve(new RunValues())), check.Path), check.StatusCode);
    }

    static List<string> UrlsOf(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{e.UriScheme}://{RunValues.Host}:{e.AllocatedPort}");
        return [.. resource.Annotations.OfType<UrlAnnotation>().Select(u => u.Url), .. endpoints];
    }

    static List<string> ArgumentsOf(IResource resource) => [.. resource.Annotations.OfType<ArgumentsAnnotation>().SelectMany(a => a.Arguments)];

    /// <summary>The dotnet that runs this very process: the one in PATH may be another.</summary>
    static string DotnetHost { get; } = Path.GetFullPath("../../../dotnet", RuntimeEnvironment.GetRuntimeDirectory());
}
