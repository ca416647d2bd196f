using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Publishing;

/// <summary>
/// A chart's <c>values.yaml</c>: what an operator sets. <c>parameters</c> are images and ports, <c>secrets</c> are left empty,
/// <c>config</c> is everything else a process reads. Below each, a part per resource.
/// </summary>
sealed class ChartValues
{
    static readonly string[] Sections = ["parameters", "secrets", "config"];

    readonly Dictionary<(string Section, string Resource), SortedDictionary<string, object>> _values = [];

    /// <summary>Remembers a value (a text or a number) and returns the template expression that stands for it.</summary>
    public string Add(string section, string resource, string key, object value)
    {
        resource = Name(resource);
        key = Name(key);
        if (!_values.TryGetValue((section, resource), out var part))
        {
            _values[(section, resource)] = part = new(StringComparer.Ordinal);
        }

        part[key] = value;
        return Expression(section, resource, key);
    }

    public static string Expression(string section, string resource, string key) => $"{{{{ .Values.{section}.{Name(resource)}.{Name(key)} }}}}";

    public string ToYaml()
    {
        var yaml = new StringBuilder();
        foreach (var section in Sections)
        {
            var parts = _values.Where(v => v.Key.Section == section).OrderBy(v => v.Key.Resource, StringComparer.Ordinal).ToList();
            yaml.Append(parts.Count == 0 ? $"{section}: {{}}\n" : $"{section}:\n");
            foreach (var ((_, resource), part) in parts)
            {
                yaml.Append($"  {resource}:\n");
                foreach (var (key, value) in part)
                {
                    yaml.Append($"    {key}: {(value is string text ? Yaml.Quote(text) : value)}\n");
                }
            }
        }

        return yaml.ToString();
    }

    /// <summary>Names in an expression's path can't have a hyphen (Helm best practices, Values).</summary>
    static string Name(string name) => name.Replace('-', '_');
}

/// <summary>Scalars of YAML.</summary>
static class Yaml
{
    /// <summary>A double-quoted scalar (YAML 1.2, 7.3.1); template expressions in it stay as they are.</summary>
    public static string Quote(string text) => '"' + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n") + '"';
}

/// <summary>What values stand for in a chart: expressions for parameters, service names for endpoints.</summary>
sealed class ChartResolver(IReadOnlyList<IResource> model, ChartValues values) : ValueResolver
{
    /// <summary>True once a secret was asked for.</summary>
    public bool FoundSecret { get; private set; }

    public override string Parameter(ParameterResource parameter)
    {
        FoundSecret |= parameter.Secret;
        // One place to set it, however many resources use it: with the first one that is given it.
        var owner = model.FirstOrDefault(r => UsesDirectly(r, parameter))?.Name ?? "shared";
        var section = parameter.Secret ? "secrets" : "config";
        return values.Add(section, owner, parameter.Name, !parameter.Secret || parameter.PublishValueAsDefault ? parameter.Value : "");
    }

    public override string Endpoint(EndpointReference endpoint, EndpointProperty property)
    {
        var host = $"{endpoint.Resource.Name}-service";
        var port = PortOf(endpoint.Resource, endpoint.Annotation);
        return property switch
        {
            EndpointProperty.Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.Scheme => endpoint.Annotation.UriScheme,
            _ => $"{endpoint.Annotation.UriScheme}://{host}:{port}",
        };
    }

    /// <summary>The port a container listens on: its own, or for projects a value, 8080 unless set.</summary>
    public string PortOf(IResource resource, EndpointAnnotation endpoint) => resource switch
    {
        PostgresServerResource => "5432",
        _ when endpoint.TargetPort is { } port => $"{port}",
        _ => values.Add("parameters", resource.Name, $"port_{endpoint.Name}", 8080),
    };

    static bool UsesDirectly(IResource resource, ParameterResource parameter) =>
        (resource is PostgresServerResource postgres && (postgres.PasswordParameter == parameter || postgres.UserNameParameter == parameter))
        || resource.Annotations.OfType<EnvironmentAnnotation>().Any(e => e.Value == parameter);
}
