namespace Slipway.AppHost.Hosting;

/// <summary>What must be on this machine before anything is started, so that a missing program is one sentence and not a crash loop.</summary>
static class Prerequisites
{
    private const string DebianPostgres = "/usr/lib/postgresql";

    private static readonly string[] ForCluster = ["etcd", "containerd", "runc", "iptables", "openssl", "curl", "prometheus", "prometheus-alertmanager"];

    /// <summary>What is missing, in words.</summary>
    public static List<string> Missing(LocalMachine machine)
    {
        var missing = new List<string>();
        if (machine.RunsPostgresProcess && !(Directory.Exists(DebianPostgres) && Directory.EnumerateDirectories(DebianPostgres).Any(v => File.Exists($"{v}/bin/postgres"))))
        {
            missing.Add("PostgreSQL (or a container of it, with Postgres__Container=true)");
        }

        if (!machine.RunsCluster)
        {
            return missing;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            missing.Add("root (the local cluster needs it; or give one with --kubeconfig)");
        }

        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries);
        missing.AddRange(ForCluster.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))));
        if (!File.Exists(Path.Combine(machine.Home, "cluster", "bin", "kube-apiserver")))
        {
            missing.Add("Kubernetes (built once, about six minutes)");
        }

        return missing;
    }
}
