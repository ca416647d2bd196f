using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>The database of the model.</summary>
sealed class PostgresObjects(ObjectParts parts, PostgresServerResource postgres)
{
    private const string Claim = "postgres-data", SizePath = "storage.postgres", DataFolder = "/var/lib/postgresql/data";

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> Render()
    {
        var name = postgres.Name;
        yield return parts.ServiceAccount(name);
        yield return new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = parts.Meta($"{name}-secrets", name),
            Type = "Opaque",
            StringData = new Dictionary<string, string> { ["POSTGRES_PASSWORD"] = parts.Values.Text("secrets.postgresPassword") },
        };
        if (parts.IsOnNode)
        {
            yield return parts.VolumeOnNode(Claim, name, SizePath);
        }

        yield return parts.Claim(Claim, name, SizePath);
        yield return StatefulSet();
        yield return parts.Service(name, 5432, "tcp");
    }

    private V1StatefulSet StatefulSet()
    {
        var name = postgres.Name;
        var container = parts.Container(name, "tcp", 5432, "100m", "256Mi", "2Gi");
        container.EnvFrom = [new() { SecretRef = new() { Name = $"{name}-secrets" } }];
        container.Env =
        [
            new() { Name = "POSTGRES_USER", Value = "postgres" },
            new() { Name = "POSTGRES_DB", Value = "slipway" },
            // A new volume may hold lost+found, which initdb refuses to share a folder with.
            new() { Name = "PGDATA", Value = $"{DataFolder}/pgdata" },
        ];
        container.VolumeMounts =
        [
            .. container.VolumeMounts,
            new() { Name = "data", MountPath = DataFolder },
            new() { Name = "run", MountPath = "/var/run/postgresql" },
        ];
        container.StartupProbe = Ready(2, 90);
        container.ReadinessProbe = Ready(5, 2);
        container.LivenessProbe = Ready(10, 6);
        var pod = parts.Pod(name, ObjectParts.PostgresUser, container,
            [new() { Name = "data", PersistentVolumeClaim = new() { ClaimName = Claim } }, new() { Name = "run", EmptyDir = new() { SizeLimit = new("16Mi") } }]);
        pod.TerminationGracePeriodSeconds = 60;
        if (parts.IsOnNode)
        {
            pod.InitContainers = [parts.FolderOwner(ObjectParts.PostgresUser, DataFolder)];
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

    private static V1Probe Ready(int period, int failures) => new()
    {
        Exec = new() { Command = ["pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1"] },
        PeriodSeconds = period,
        FailureThreshold = failures,
        TimeoutSeconds = 5,
    };
}
