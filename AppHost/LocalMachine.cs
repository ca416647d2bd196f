using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost;

/// <summary>
/// What AppHost.cs needs to know of this machine: ports, secrets, folders, and whether the cluster is to be a local one.
/// Everything can be set by environment variables or options: <c>Ports__Portal=9000</c>, <c>--kubeconfig PATH</c>.
/// </summary>
sealed class LocalMachine(IDistributedApplicationBuilder builder)
{
    readonly ConfigurationManager _configuration = builder.Configuration;

    /// <summary>The kubeconfig given by <c>--kubeconfig</c>, <c>KUBECONFIG</c> or <c>Cluster:KubeConfig</c>; null when none is.</summary>
    string? GivenKubeConfig => FirstOf("kubeconfig", "Cluster:KubeConfig") is { } path ? Path.GetFullPath(path) : null;

    /// <summary>True when the cluster on this machine is to be used and, unless it is up, started.</summary>
    public bool RunsCluster => builder.ExecutionContext.IsRunMode && GivenKubeConfig is null;

    /// <summary>How the API reaches the cluster. Published, it is inside one and needs no file.</summary>
    public string KubeConfig => GivenKubeConfig ?? Path.Combine(Home, "cluster", "state", "kubeconfig", "admin.conf");

    /// <summary>The folder that outlives a run; the local cluster's is in it.</summary>
    public string Home => StateFolder.Of(_configuration);

    /// <summary>A folder that outlives the run.</summary>
    public string Folder(string name) => StateFolder.Folder(_configuration, name);

    /// <summary>A secret that stays the same across runs. A chart gets its own when it is installed.</summary>
    public string Secret(string name) => builder.ExecutionContext.IsRunMode ? StateFolder.Secret(_configuration, name) : "set when the chart is installed";

    /// <summary><c>Ports:NAME</c>, or the usual one; 0 takes any free port. Published, containers have ports of their own.</summary>
    public int? Port(string name, int usual)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return null;
        }

        if (!_ports.TryGetValue(name, out var port))
        {
            port = _configuration.GetValue($"Ports:{name}", usual);
            _ports[name] = port = port == 0 ? FreePort() : port;
        }

        return port;
    }

    readonly Dictionary<string, int> _ports = [];

    /// <summary>What the local cluster lacks on this machine, in words; null when nothing.</summary>
    public string? MissingForCluster()
    {
        if (!RunsCluster)
        {
            return null;
        }

        var missing = new List<string>();
        if (!Environment.IsPrivilegedProcess)
        {
            missing.Add("root (the local cluster needs it; or give one with --kubeconfig)");
        }

        string[] programs = ["etcd", "containerd", "runc", "iptables", "openssl", "curl", "prometheus", "prometheus-alertmanager"];
        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries);
        missing.AddRange(programs.Where(p => !folders.Any(f => File.Exists(Path.Combine(f, p)))));
        if (!File.Exists(Path.Combine(Home, "cluster", "bin", "kube-apiserver")))
        {
            missing.Add("Kubernetes (built once, about six minutes)");
        }

        return missing.Count == 0
            ? null
            : $"Missing: {string.Join(", ", missing)}.\n`./platform run` installs and builds what is missing and starts everything; `./platform doctor` says more.";
    }

    string? FirstOf(params string[] keys) => keys.Select(k => _configuration[k]).FirstOrDefault(v => !string.IsNullOrEmpty(v));

    static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
