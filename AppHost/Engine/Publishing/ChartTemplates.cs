using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;
using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Publishing;

/// <summary>The templates of one resource: its workload, its service, what it reads.</summary>
sealed class ChartTemplates(IResource resource, IReadOnlyList<IResource> model, KubernetesEnvironmentResource environment, ChartValues values)
{
    /// <summary>The major version the database's data is written by.</summary>
    const string PostgresImage = "docker.io/library/postgres:17";

    const string PostgresData = "/var/lib/postgresql/data";

    readonly Dictionary<string, string> _config = [];
    readonly Dictionary<string, string> _secrets = [];

    bool IsStateful => resource is PostgresServerResource;

    string Kind => IsStateful ? "StatefulSet" : "Deployment";

    string Workload => $"{resource.Name}-{Kind.ToLowerInvariant()}";

    /// <summary>File names without extension, and their texts.</summary>
    public IEnumerable<(string Name, string Text)> Render()
    {
        CollectVariables();
        yield return (Kind.ToLowerInvariant(), WorkloadTemplate());
        if (Endpoints.Any())
        {
            yield return ("service", ServiceTemplate());
        }

        if (_config.Count > 0)
        {
            yield return ("config", Header("v1", "ConfigMap", $"{resource.Name}-config") + "data:\n" + Entries(_config));
        }

        if (_secrets.Count > 0)
        {
            yield return ("secrets", Header("v1", "Secret", $"{resource.Name}-secrets") + "type: Opaque\nstringData:\n" + Entries(_secrets));
        }
    }

    IEnumerable<EndpointAnnotation> Endpoints => resource.Annotations.OfType<EndpointAnnotation>();

    /// <summary>Every variable is a value an operator may change, unless it is made of other values; with a secret in it, it is a secret.</summary>
    void CollectVariables()
    {
        foreach (var (name, valueOf) in Variables())
        {
            var resolver = new ChartResolver(model, values);
            var value = valueOf(resolver);
            if (resolver.FoundSecret)
            {
                _secrets[name] = value;
            }
            else
            {
                _config[name] = value.Contains("{{", StringComparison.Ordinal) ? value : values.Add("config", resource.Name, name, value);
            }
        }
    }

    IEnumerable<(string Name, Func<ChartResolver, string> Value)> Variables()
    {
        if (resource is ProjectResource)
        {
            yield return ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", _ => "true");
            if (Endpoints.Where(e => e.UriScheme is "http").ToList() is { Count: > 0 } http)
            {
                yield return ("HTTP_PORTS", resolver => string.Join(';', http.Select(e => resolver.PortOf(resource, e))));
            }
        }

        if (resource is PostgresServerResource postgres)
        {
            IValueProvider user = postgres.UserNameReference, password = postgres.PasswordParameter;
            yield return ("POSTGRES_USER", user.Resolve);
            yield return ("POSTGRES_PASSWORD", password.Resolve);
            yield return ("POSTGRES_HOST_AUTH_METHOD", _ => "scram-sha-256");
            yield return ("POSTGRES_INITDB_ARGS", _ => "--auth-host=scram-sha-256 --auth-local=scram-sha-256");
        }

        foreach (var (name, value) in EnvironmentInjection.ExpressionsOf(resource))
        {
            yield return (name, value.Resolve);
        }
    }

    string WorkloadTemplate()
    {
        var image = IsStateful ? PostgresImage : values.Add("parameters", resource.Name, $"{resource.Name}_image", $"{resource.Name}:latest");
        var replicas = resource.Annotations.OfType<ReplicasAnnotation>().LastOrDefault()?.Replicas ?? 1;
        var yaml = new StringBuilder(Header("apps/v1", Kind, Workload));
        yaml.Append($"""
            spec:
              replicas: {replicas}
              selector:
                matchLabels:
            {Indent(Labels, 6)}
            {(IsStateful ? $"  serviceName: {resource.Name}-service" : "  strategy:\n    type: RollingUpdate\n    rollingUpdate: {maxSurge: 1, maxUnavailable: 1}")}
              template:
                metadata:
                  labels:
            {Indent(Labels, 8)}
                spec:
                  containers:
                    - name: {resource.Name}
                      image: {Yaml.Quote(image)}
                      imagePullPolicy: {environment.DefaultImagePullPolicy}

            """);
        if (_config.Count + _secrets.Count > 0)
        {
            yaml.Append("          envFrom:\n");
            yaml.Append(_config.Count > 0 ? $"            - configMapRef: {{name: {resource.Name}-config}}\n" : "");
            yaml.Append(_secrets.Count > 0 ? $"            - secretRef: {{name: {resource.Name}-secrets}}\n" : "");
        }

        if (Endpoints.Any())
        {
            yaml.Append("          ports:\n");
            foreach (var endpoint in Endpoints)
            {
                yaml.Append($"            - name: {endpoint.Name}\n              containerPort: {PortOf(endpoint)}\n              protocol: TCP\n");
            }
        }

        if (resource.Annotations.OfType<DataVolumeAnnotation>().LastOrDefault() is { } volume)
        {
            yaml.Append($"""
                          volumeMounts:
                            - name: {volume.Name}
                              mountPath: {PostgresData}
                      volumes:
                        - name: {volume.Name}
                          emptyDir: {"{}"}

                """);
        }

        return yaml.ToString();
    }

    string ServiceTemplate()
    {
        var yaml = new StringBuilder(Header("v1", "Service", $"{resource.Name}-service"));
        yaml.Append($"spec:\n  type: ClusterIP\n  selector:\n{Indent(Labels, 4)}\n  ports:\n");
        foreach (var endpoint in Endpoints)
        {
            var port = PortOf(endpoint);
            yaml.Append($"    - name: {endpoint.Name}\n      port: {port}\n      targetPort: {port}\n      protocol: TCP\n");
        }

        return yaml.ToString();
    }

    string PortOf(EndpointAnnotation endpoint) => new ChartResolver(model, values).PortOf(resource, endpoint);

    string Header(string apiVersion, string kind, string name) => $"""
        ---
        apiVersion: {apiVersion}
        kind: {kind}
        metadata:
          name: {name}
          labels:
        {Indent(Labels, 4)}

        """;

    string Labels => $$$"""
        app.kubernetes.io/name: "{{ .Chart.Name }}"
        app.kubernetes.io/component: "{{{resource.Name}}}"
        app.kubernetes.io/instance: "{{ .Release.Name }}"
        """;

    static string Indent(string text, int spaces) => string.Join('\n', text.Split('\n').Select(line => new string(' ', spaces) + line));

    static string Entries(Dictionary<string, string> entries) =>
        string.Concat(entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"  {e.Key}: {Yaml.Quote(e.Value)}\n"));
}
