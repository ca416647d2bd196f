using System.Text;

namespace Slipway.AppHost.Publishing;

/// <summary>The templates of one resource: its workload, its service, what it reads.</summary>
sealed class ChartTemplates(IResource resource, ChartValues values)
{
    // Aspire sets it on every project: it has ASP.NET believe any X-Forwarded-* header, whoever sends it.
    private const string TrustEverybody = "ASPNETCORE_FORWARDEDHEADERS_ENABLED";

    private readonly Dictionary<string, string> config = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> secrets = new(StringComparer.Ordinal);

    bool IsStateful => resource is PostgresServerResource;

    string Kind => IsStateful ? "StatefulSet" : "Deployment";

    string Workload => $"{resource.Name}-{Kind.ToLowerInvariant()}";

    /// <summary>File names without extension, and their texts.</summary>
    public IEnumerable<(string Name, string Text)> Render()
    {
        yield return (Kind.ToLowerInvariant(), WorkloadTemplate());
        if (Endpoints.Any())
        {
            yield return ("service", ServiceTemplate());
        }

        if (config.Count > 0)
        {
            yield return ("config", Header("v1", "ConfigMap", $"{resource.Name}-config") + "data:\n" + Entries(config));
        }

        if (secrets.Count > 0)
        {
            yield return ("secrets", Header("v1", "Secret", $"{resource.Name}-secrets") + "type: Opaque\nstringData:\n" + Entries(secrets));
        }
    }

    IEnumerable<EndpointAnnotation> Endpoints => resource.Annotations.OfType<EndpointAnnotation>();

    /// <summary>Every variable is a value an operator may change, unless it is made of other values; with a secret in it, it is a secret.</summary>
    public async Task CollectVariables(DistributedApplicationExecutionContext execution, CancellationToken cancel)
    {
        var context = new EnvironmentCallbackContext(execution, resource, cancellationToken: cancel);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context);
        }

        foreach (var (name, value) in context.EnvironmentVariables.Where(v => v.Key != TrustEverybody))
        {
            var resolver = new ChartResolver(resource, values);
            var text = resolver.Resolve(value);
            if (resolver.FoundSecret)
            {
                secrets[name] = text;
            }
            else
            {
                config[name] = text.Contains("{{", StringComparison.Ordinal) ? text : values.Add("config", resource.Name, name, text);
            }
        }
    }

    string WorkloadTemplate()
    {
        var image = resource.TryGetContainerImageName(out var name) ? name : values.Add("parameters", resource.Name, $"{resource.Name}_image", $"{resource.Name}:latest");
        var replicas = resource.GetReplicaCount();
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
                      imagePullPolicy: IfNotPresent

            """);
        if (config.Count + secrets.Count > 0)
        {
            yaml.Append("          envFrom:\n");
            yaml.Append(config.Count > 0 ? $"            - configMapRef: {{name: {resource.Name}-config}}\n" : "");
            yaml.Append(secrets.Count > 0 ? $"            - secretRef: {{name: {resource.Name}-secrets}}\n" : "");
        }

        if (Endpoints.Any())
        {
            yaml.Append("          ports:\n");
            foreach (var endpoint in Endpoints)
            {
                yaml.Append($"            - name: {endpoint.Name}\n              containerPort: {PortOf(endpoint)}\n              protocol: TCP\n");
            }
        }

        if (resource.TryGetContainerMounts(out var mounts) && mounts.FirstOrDefault() is { } volume)
        {
            yaml.Append($"""
                          volumeMounts:
                            - name: {volume.Source}
                              mountPath: {volume.Target}
                      volumes:
                        - name: {volume.Source}
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

    string PortOf(EndpointAnnotation endpoint) => new ChartResolver(resource, values).PortOf(resource, endpoint);

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
