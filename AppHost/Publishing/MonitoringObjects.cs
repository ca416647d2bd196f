using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>Prometheus and Alertmanager, with the configuration of deploy/prometheus.</summary>
/// <param name="source">The folder deploy/prometheus.</param>
sealed class MonitoringObjects(ObjectParts parts, string source)
{
    private const string Prometheus = "prometheus", Alertmanager = "alertmanager", PrometheusClaim = "prometheus-data", AlertmanagerClaim = "alertmanager-data";

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> Render()
    {
        yield return parts.ServiceAccount(Prometheus);
        yield return Config(Prometheus, "prometheus.yml");
        yield return new V1ConfigMap
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = parts.Meta("prometheus-rules", Prometheus),
            Data = Directory.EnumerateFiles(Path.Combine(source, "rules"), "*.yml").Order(StringComparer.Ordinal).ToDictionary(f => Path.GetFileName(f), File.ReadAllText),
        };
        yield return Token(Prometheus, "metrics-token", "secrets.metricsToken");
        foreach (var volume in Volumes(PrometheusClaim, Prometheus, "storage.prometheus"))
        {
            yield return volume;
        }

        yield return StatefulSet(Prometheus, 9090, "1Gi", PrometheusClaim, "/prometheus",
            [
                "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus", $"--storage.tsdb.retention.time={parts.Values.Text("prometheus.retention")}",
            ],
            [("config", "/etc/prometheus/prometheus.yml", "prometheus.yml"), ("rules", "/etc/prometheus/rules", null), ("token", "/etc/prometheus/secrets", null)]);
        yield return parts.Service(Prometheus, 9090, "http");

        yield return parts.ServiceAccount(Alertmanager);
        yield return Config(Alertmanager, "alertmanager.yml");
        yield return Token(Alertmanager, "alerts-token", "secrets.alertsToken");
        foreach (var volume in Volumes(AlertmanagerClaim, Alertmanager, "storage.alertmanager"))
        {
            yield return volume;
        }

        yield return StatefulSet(Alertmanager, 9093, "256Mi", AlertmanagerClaim, "/alertmanager",
            ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager", "--cluster.listen-address="],
            [("config", "/etc/alertmanager/alertmanager.yml", "alertmanager.yml"), ("token", "/etc/alertmanager/secrets", null)]);
        yield return parts.Service(Alertmanager, 9093, "http");
    }

    private IEnumerable<IKubernetesObject<V1ObjectMeta>> Volumes(string claim, string component, string sizePath)
    {
        if (parts.IsOnNode)
        {
            yield return parts.VolumeOnNode(claim, component, sizePath);
        }

        yield return parts.Claim(claim, component, sizePath);
    }

    // What is elsewhere in an operator's own Prometheus is beside it here.
    private V1ConfigMap Config(string component, string file) => new()
    {
        ApiVersion = "v1",
        Kind = "ConfigMap",
        Metadata = parts.Meta($"{component}-config", component),
        Data = new Dictionary<string, string>
        {
            [file] = File.ReadAllText(Path.Combine(source, file))
                .Replace("alertmanager.monitoring:9093", "alertmanager:9093", StringComparison.Ordinal)
                .Replace("namespaces: {names: [slipway]}", "namespaces: {own_namespace: true}", StringComparison.Ordinal)
                .Replace("(api|web)-service", "(api|web)", StringComparison.Ordinal)
                .Replace("regex: (.+)-service", "regex: (.+)", StringComparison.Ordinal)
                .Replace("regex: api-service", "regex: api", StringComparison.Ordinal)
                .Replace("http://api-service.slipway:8080", "http://api:8080", StringComparison.Ordinal),
        },
    };

    private V1Secret Token(string component, string key, string path) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = parts.Meta($"{component}-secrets", component),
        Type = "Opaque",
        StringData = new Dictionary<string, string> { [key] = parts.Values.Text(path) },
    };

    private V1StatefulSet StatefulSet(string name, int port, string memoryLimit, string claim, string data, string[] arguments, (string Volume, string Path, string? File)[] mounts)
    {
        var container = parts.Container(name, "http", port, "50m", "64Mi", memoryLimit);
        container.Args = arguments;
        container.VolumeMounts =
        [
            .. container.VolumeMounts,
            new() { Name = "data", MountPath = data },
            .. mounts.Select(m => new V1VolumeMount { Name = m.Volume, MountPath = m.Path, SubPath = m.File, ReadOnlyProperty = true }),
        ];
        container.ReadinessProbe = ObjectParts.HttpProbe("/-/ready", 5, 3);
        container.LivenessProbe = ObjectParts.HttpProbe("/-/healthy", 10, 6);
        var pod = parts.Pod(name, ObjectParts.MonitoringUser, container,
        [
            new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = claim } },
            .. mounts.Select(m => m.Volume switch
            {
                "token" => new V1Volume { Name = m.Volume, Secret = new() { SecretName = $"{name}-secrets" } },
                var volume => new V1Volume { Name = volume, ConfigMap = new() { Name = $"{name}-{volume}" } },
            }),
        ]);
        if (parts.IsOnNode)
        {
            pod.InitContainers = [parts.FolderOwner(ObjectParts.MonitoringUser, data)];
        }

        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "StatefulSet",
            Metadata = parts.Meta(name, name),
            Spec = new()
            {
                Replicas = 1,
                ServiceName = name,
                Selector = new() { MatchLabels = ObjectParts.Selector(name) },
                Template = new() { Metadata = new() { Labels = ObjectParts.Labels(name) }, Spec = pod },
            },
        };
    }
}
