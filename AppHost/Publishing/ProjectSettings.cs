using System.Globalization;
using System.Text;

namespace Slipway.AppHost.Publishing;

/// <summary>The environment of a project in the cluster: what the model says of it, and what an operator sets.</summary>
sealed class ProjectSettings
{
    // Aspire sets it on every project: it has ASP.NET believe any X-Forwarded-* header, whoever sends it.
    private const string TrustEverybody = "ASPNETCORE_FORWARDEDHEADERS_ENABLED";

    private readonly ValueSource values;

    private ProjectSettings(ValueSource values) => this.values = values;

    public SortedDictionary<string, string> Plain { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Secret { get; } = new(StringComparer.Ordinal);

    public static async Task<ProjectSettings> Of(IResource project, ValueSource values, DistributedApplicationExecutionContext execution, CancellationToken cancel)
    {
        var settings = new ProjectSettings(values);
        var context = new EnvironmentCallbackContext(execution, project, cancellationToken: cancel);
        foreach (var annotation in project.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        foreach (var (name, value) in context.EnvironmentVariables.Where(v => v.Key != TrustEverybody))
        {
            var (text, isSecret) = settings.Resolve(value);
            (isSecret ? settings.Secret : settings.Plain)[name] = text;
        }

        settings.AddOperators(project.Name);
        return settings;
    }

    private void AddOperators(string project)
    {
        Plain["HTTP_PORTS"] = "8080";
        Plain["Shutdown__DrainSeconds"] = "5";
        Plain["PublicUrl"] = values.Text("publicUrl");
        Plain["AllowPlainHttp"] = values.FlagText("allowPlainHttp");
        Plain["TrustedProxies"] = values.Text("trustedProxies");
        Plain["OTEL_EXPORTER_OTLP_ENDPOINT"] = values.Text("otlpEndpoint");
        Secret["Metrics__Token"] = values.Text("secrets.metricsToken");
        if (project == "web")
        {
            Secret["DataProtection__Secret"] = values.Text("secrets.dataProtectionSecret");
        }
        else
        {
            Secret["Accounts__SetupToken"] = values.Text("secrets.setupToken");
            Plain["Prometheus__Url"] = values.Text("prometheus.url");
            Plain["Prometheus__PublicUrl"] = values.Text("prometheus.publicUrl");
            foreach (var (setting, path) in ((string, string)[])
                     [("Mode", "mode"), ("Domain", "domain"), ("Host", "host"), ("IngressClass", "ingressClass"), ("Scheme", "scheme"), ("TlsSecret", "tlsSecret")])
            {
                Plain[$"Exposure__{setting}"] = values.Text($"exposure.{path}");
            }
        }

        foreach (var (name, value) in values.Map("settings"))
        {
            Plain[name] = value;
        }

        foreach (var (name, value) in values.Map("secretSettings"))
        {
            Plain.Remove(name);
            Secret[name] = value;
        }
    }

    private (string Text, bool IsSecret) Resolve(object? value) => value switch
    {
        string text => (text, false),
        ParameterResource parameter => (values.Text(PathOf(parameter)), parameter.Secret),
        EndpointReference endpoint => (AddressOf(endpoint, EndpointProperty.Url), false),
        EndpointReferenceExpression property => (AddressOf(property.Endpoint, property.Property), false),
        ReferenceExpression expression => Resolve(expression),
        ConnectionStringReference reference => Resolve(reference.Resource.ConnectionStringExpression),
        IResourceWithConnectionString resource => Resolve(resource.ConnectionStringExpression),
        IFormattable formattable => (formattable.ToString(null, CultureInfo.InvariantCulture), false),
        _ => throw new DistributedApplicationException($"The manifests cannot hold a value of the type {value?.GetType().Name ?? "null"}."),
    };

    private (string Text, bool IsSecret) Resolve(ReferenceExpression expression)
    {
        var resolved = expression.ValueProviders.Select(v => Resolve(v)).ToList();
        return (string.Format(CultureInfo.InvariantCulture, expression.Format, [.. resolved.Select(r => r.Text)]), resolved.Any(r => r.IsSecret));
    }

    // postgres-password -> secrets.postgresPassword
    private static string PathOf(ParameterResource parameter)
    {
        var words = parameter.Name.Split('-');
        var name = new StringBuilder(words[0]);
        foreach (var word in words[1..])
        {
            name.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        }

        return $"{(parameter.Secret ? "secrets." : "")}{name}";
    }

    // A Service has the resource's name.
    private static string AddressOf(EndpointReference endpoint, EndpointProperty property)
    {
        var (host, port) = (endpoint.Resource.Name, endpoint.Resource is PostgresServerResource ? "5432" : "8080");
        return property switch
        {
            EndpointProperty.Host or EndpointProperty.IPV4Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.Scheme => endpoint.EndpointAnnotation.UriScheme,
            EndpointProperty.HostAndPort => $"{host}:{port}",
            _ => $"{endpoint.EndpointAnnotation.UriScheme}://{host}:{port}",
        };
    }
}
