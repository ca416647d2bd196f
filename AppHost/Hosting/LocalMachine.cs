using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Hosting;

/// <summary>
/// What AppHost.cs needs to know of this machine: ports, secrets, folders, and whether the cluster is to be a local one.
/// Everything can be set by environment variables or options: <c>Ports__Portal=9000</c>, <c>--kubeconfig PATH</c>.
/// </summary>
sealed class LocalMachine : IDisposable
{
    private readonly string[] given;
    private readonly IConfigurationRoot configuration;
    private readonly Dictionary<string, int> ports = [];
    private StateLock? held;

    public LocalMachine(string[] args)
    {
        given = args;
        configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
    }

    /// <summary>The command line for Aspire: what was given, and where the dashboard listens.</summary>
    public string[] Arguments => IsPublishing
        ? given
        :
        [
            // Before what was given, which counts more.
            "--environment=Development",
            $"--ASPNETCORE_URLS=http://127.0.0.1:{DashboardPort}",
            $"--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://127.0.0.1:{OtlpPort}",
            "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
            $"--ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN={DashboardToken}",
            // The AppHost ends after its processes, not before.
            "--DcpPublisher:WaitForResourceCleanup=true",
            .. given,
        ];

    /// <summary>Whether the model is written out rather than run.</summary>
    public bool IsPublishing => string.Equals(configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase);

    /// <summary>True when the cluster on this machine is to be used and, unless it is up, started.</summary>
    public bool RunsCluster => !IsPublishing && GivenKubeConfig is null;

    /// <summary>PostgreSQL runs as a process of this machine, unless a container is wanted (<c>Postgres:Container</c>).</summary>
    public bool RunsPostgresProcess => !IsPublishing && !configuration.GetValue("Postgres:Container", defaultValue: false);

    /// <summary>How the API reaches the cluster. Published, it is inside one and needs no file.</summary>
    public string KubeConfig => GivenKubeConfig ?? Path.Combine(Home, "cluster", "state", "kubeconfig", "admin.conf");

    /// <summary>The folder that outlives a run; the local cluster's is in it.</summary>
    public string Home => StateFolder.Of(configuration);

    /// <summary>The portal, as people of this machine open it.</summary>
    public string PortalAddress => $"http://127.0.0.1:{Port("Portal", 8080)}";

    /// <summary>The dashboard, with the token that opens it without a sign-in page.</summary>
    public string DashboardLink => $"http://127.0.0.1:{DashboardPort}/login?t={DashboardToken}";

    /// <summary>Whether the processes' output is wanted on the console, too.</summary>
    public bool EchoesLogs => configuration.GetValue("Console:Logs", defaultValue: false);

    private int DashboardPort => Port("Dashboard", 18888)!.Value;

    private int OtlpPort => Port("DashboardOtlp", 18889)!.Value;

    // Kept, so that a link that was opened once stays good.
    private string DashboardToken => Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(Secret("dashboard-token"))))[..32];

    /// <summary>The kubeconfig given by <c>--kubeconfig</c>, <c>KUBECONFIG</c> or <c>Cluster:KubeConfig</c>; null when none is.</summary>
    private string? GivenKubeConfig => FirstOf("kubeconfig", "Cluster:KubeConfig") is { } path ? Path.GetFullPath(path) : null;

    /// <summary>A folder that outlives the run.</summary>
    public string Folder(string name) => StateFolder.Folder(configuration, name);

    /// <summary>A secret that stays the same across runs.</summary>
    public string Secret(string name) => StateFolder.Secret(configuration, name);

    /// <summary>The file that a secret is in.</summary>
    public string SecretFile(string name)
    {
        Secret(name);
        return StateFolder.SecretPath(configuration, name);
    }

    /// <summary><c>Ports:NAME</c>, or the usual one; 0 takes any free port. Published, containers have ports of their own.</summary>
    public int? Port(string name, int usual)
    {
        if (IsPublishing)
        {
            return null;
        }

        if (!ports.TryGetValue(name, out var port))
        {
            port = configuration.GetValue($"Ports:{name}", usual);
            ports[name] = port = port == 0 ? FreePort() : port;
        }

        return port;
    }

    /// <summary>
    /// Why nothing can be started here, in words, with what to do; null where all is well. Takes hold of the state folder: two runs on the
    /// same data would destroy it.
    /// </summary>
    public string? Refuse()
    {
        if (IsPublishing)
        {
            return null;
        }

        if (Prerequisites.Missing(this) is { Count: > 0 } missing)
        {
            return $"Missing: {string.Join("; ", missing)}.\n`./platform run` installs and builds what is missing and starts everything; `./platform doctor` says more.";
        }

        held = StateLock.TryTake(Home);
        if (held is null)
        {
            return $"Another AppHost already runs with {Home}. Stop it, or set SLIPWAY_HOME to another folder.";
        }

        List<(string Owner, int Port)> wanted =
        [
            ("the portal", Port("Portal", 8080)!.Value), ("the API", Port("Api", 8081)!.Value), ("PostgreSQL", Port("Postgres", 15432)!.Value),
            ("the dashboard", DashboardPort), ("the dashboard's telemetry", OtlpPort),
        ];
        if (RunsCluster)
        {
            wanted.Add(("Prometheus", Port("Prometheus", 19090)!.Value));
            wanted.Add(("Alertmanager", Port("Alertmanager", 19093)!.Value));
        }

        return PortCheck.FindTaken(wanted, held.EarlierRunWasKilled);
    }

    public void Dispose() => held?.Dispose();

    private string? FirstOf(params string[] keys) => keys.Select(k => configuration[k]).FirstOrDefault(v => !string.IsNullOrEmpty(v));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
