using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>Parts that many objects have.</summary>
sealed class ObjectParts(ValueSource values)
{
    /// <summary>"app" of Microsoft's .NET images, and of our own.</summary>
    public const long AppUser = 1654;

    /// <summary>"postgres" of the official image, and of our own.</summary>
    public const long PostgresUser = 999;

    /// <summary>"nobody", as Prometheus' images have it.</summary>
    public const long MonitoringUser = 65534;

    public string Namespace => values.Text("namespace");

    public ValueSource Values => values;

    public static IDictionary<string, string> Labels(string component) => new Dictionary<string, string>
    {
        ["app.kubernetes.io/name"] = "slipway",
        ["app.kubernetes.io/component"] = component,
        ["app.kubernetes.io/part-of"] = "slipway",
    };

    public static IDictionary<string, string> Selector(string component) => new Dictionary<string, string>
    {
        ["app.kubernetes.io/name"] = "slipway",
        ["app.kubernetes.io/component"] = component,
    };

    public V1ObjectMeta Meta(string name, string component) => new() { Name = name, NamespaceProperty = Namespace, Labels = Labels(component) };

    /// <summary>Of an object that is in no namespace.</summary>
    public static V1ObjectMeta ClusterMeta(string name, string component) => new() { Name = name, Labels = Labels(component) };

    public V1Service Service(string name, int port, string targetPort, Action<V1ServiceSpec>? change = null)
    {
        var spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            Selector = Selector(name),
            Ports = [new() { Name = targetPort, Port = port, TargetPort = targetPort, Protocol = "TCP" }],
        };
        change?.Invoke(spec);
        return new() { ApiVersion = "v1", Kind = "Service", Metadata = Meta(name, name), Spec = spec };
    }

    public V1ServiceAccount ServiceAccount(string name) =>
        new() { ApiVersion = "v1", Kind = "ServiceAccount", Metadata = Meta($"slipway-{name}", name), AutomountServiceAccountToken = name is "api" or "prometheus" };

    /// <summary>A pod that fits into a namespace with the strictest pod security ("restricted").</summary>
    public V1PodSpec Pod(string component, long user, V1Container container, IEnumerable<V1Volume> volumes)
    {
        var pullSecret = values.Decision("images.pullSecret");
        return new()
        {
            ServiceAccountName = $"slipway-{component}",
            AutomountServiceAccountToken = component is "api" or "prometheus",
            ImagePullSecrets = pullSecret.Length == 0 ? null : [new() { Name = pullSecret }],
            SecurityContext = new() { RunAsNonRoot = true, RunAsUser = user, RunAsGroup = user, FsGroup = user, SeccompProfile = new() { Type = "RuntimeDefault" } },
            Containers = [container],
            Volumes = [.. volumes, new() { Name = "tmp", EmptyDir = new() { SizeLimit = new("256Mi") } }],
        };
    }

    /// <summary>A container without any right that it does not need, and a root file system that cannot be written.</summary>
    public V1Container Container(string name, string portName, int port, string cpu, string memory, string memoryLimit) => new()
    {
        Name = name,
        Image = values.Text($"images.{name}"),
        ImagePullPolicy = "IfNotPresent",
        Ports = [new() { Name = portName, ContainerPort = port, Protocol = "TCP" }],
        SecurityContext = new()
        {
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new() { Drop = ["ALL"] },
        },
        Resources = new()
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new(cpu), ["memory"] = new(memory), ["ephemeral-storage"] = new("64Mi") },
            Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(memoryLimit), ["ephemeral-storage"] = new("1Gi") },
        },
        VolumeMounts = [new() { Name = "tmp", MountPath = "/tmp" }],
    };

    public static V1Probe HttpProbe(string path, int period, int failures) => new()
    {
        HttpGet = new() { Path = path, Port = "http" },
        PeriodSeconds = period,
        FailureThreshold = failures,
        TimeoutSeconds = 5,
    };

    /// <summary>A volume that outlives its pod: of a storage class, or a folder of one node.</summary>
    public V1PersistentVolumeClaim Claim(string name, string component, string sizePath)
    {
        var className = values.Decision("storage.className");
        return new()
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Metadata = Meta(name, component),
            Spec = new()
            {
                AccessModes = ["ReadWriteOnce"],
                StorageClassName = IsOnNode ? LocalClass : className.Length == 0 ? null : className,
                VolumeName = IsOnNode ? $"{Namespace}-{name}" : null,
                Resources = new() { Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new(values.Quantity(sizePath)) } },
            },
        };
    }

    /// <summary>Whether data is in a folder of one node.</summary>
    public bool IsOnNode => values.Decision("storage.hostPath").Length > 0;

    /// <summary>Makes the folder of a claim, bound to its node.</summary>
    public V1PersistentVolume VolumeOnNode(string name, string component, string sizePath) => new()
    {
        ApiVersion = "v1",
        Kind = "PersistentVolume",
        Metadata = ClusterMeta($"{Namespace}-{name}", component),
        Spec = new()
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = LocalClass,
            PersistentVolumeReclaimPolicy = "Retain",
            Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = new(values.Quantity(sizePath)) },
            HostPath = new() { Path = $"{values.Decision("storage.hostPath").TrimEnd('/')}/{name}", Type = "DirectoryOrCreate" },
            NodeAffinity = new()
            {
                Required = new()
                {
                    NodeSelectorTerms = [new() { MatchExpressions = [new() { Key = "kubernetes.io/hostname", OperatorProperty = "In", Values = [values.Decision("storage.node")] }] }],
                },
            },
        },
    };

    /// <summary>Gives the folder of a node to a pod's user: a new one is root's, and no file system group changes that. It can do nothing else.</summary>
    public V1Container FolderOwner(long user, string folder) => new()
    {
        Name = "folder-owner",
        // The one image of ours that has chown in it.
        Image = values.Text("images.postgres"),
        ImagePullPolicy = "IfNotPresent",
        Command = ["chown", $"{user}:{user}", folder],
        SecurityContext = new()
        {
            RunAsNonRoot = false,
            RunAsUser = 0,
            AllowPrivilegeEscalation = false,
            ReadOnlyRootFilesystem = true,
            Capabilities = new() { Drop = ["ALL"], Add = ["CHOWN"] },
        },
        Resources = new()
        {
            Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("10m"), ["memory"] = new("16Mi") },
            Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") },
        },
        VolumeMounts = [new() { Name = "data", MountPath = folder }],
    };

    // No provisioner has this class: only the volume that is made for the claim fits.
    private const string LocalClass = "slipway-node-folder";
}
