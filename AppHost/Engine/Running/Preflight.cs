using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>What must be true before anything is started, so that a missing program or a taken port is one sentence and not a crash loop.</summary>
static class Preflight
{
    /// <exception cref="DistributedApplicationException">Something is missing or in the way; the message says what and how to go on.</exception>
    public static void Check(IReadOnlyList<IResource> model, string appHostDirectory)
    {
        var missing = Missing(model, appHostDirectory).ToList();
        if (missing.Count > 0)
        {
            throw new DistributedApplicationException(
                $"Missing: {string.Join("; ", missing)}.\n`./platform run` installs what is missing and starts everything; `./platform doctor` says more.");
        }
    }

    /// <summary>Waits for ports a dying earlier run still holds; anybody else's are an error.</summary>
    /// <exception cref="DistributedApplicationException">A port is taken.</exception>
    public static async Task CheckPortsAsync(IEnumerable<(string Owner, int Port)> ports, Action<string> report, CancellationToken cancel)
    {
        var waited = false;
        foreach (var (owner, port) in ports)
        {
            while (Ports.InUse(port))
            {
                var holder = Ports.HolderOf(port);
                if (holder is null || !IsLeftover(holder.Pid))
                {
                    throw new DistributedApplicationException(
                        $"Port {port}, wanted by {owner}, is already in use{(holder is null ? "" : $" by {holder}")}. Stop that, or choose another port: Ports__… in the README's settings.");
                }

                if (!waited)
                {
                    report($"an earlier run is still stopping ({holder}), waiting for it");
                    waited = true;
                }

                await Task.Delay(200, cancel);
            }
        }
    }

    static IEnumerable<string> Missing(IReadOnlyList<IResource> model, string appHostDirectory)
    {
        var programs = model.OfType<ExecutableResource>().Select(e => (e.Name, e.Command, e.WorkingDirectory)).ToList();
        programs.Add(("the supervisor of every process", "setsid", appHostDirectory));
        programs.Add(("the supervisor of every process", "bash", appHostDirectory));
        foreach (var (owner, command, folder) in programs.Where(p => !Exists(p.Command, p.WorkingDirectory)))
        {
            yield return $"the program {command} ({owner})";
        }

        foreach (var project in model.OfType<ProjectResource>())
        {
            if (BuildMetadata.OutputOf(project.ProjectPath) is not { } output || !File.Exists(output))
            {
                yield return $"the build output of {Path.GetFileName(project.ProjectPath)} (`dotnet build AppHost`)";
            }
        }

        if (model.OfType<PostgresServerResource>().Any() && !InstalledPostgres().Any())
        {
            yield return "PostgreSQL";
        }
    }

    static IEnumerable<string> InstalledPostgres()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.EnumerateDirectories(debian) : [];
        return versions.Select(v => v + "/bin/postgres").Where(File.Exists);
    }

    static bool Exists(string command, string folder) => command.Contains('/')
        ? File.Exists(Path.GetFullPath(command, folder))
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(d => d.Length > 0 && File.Exists(Path.Combine(d, command)));

    /// <summary>True for a process under a supervisor whose AppHost is gone: it is being stopped.</summary>
    static bool IsLeftover(int pid)
    {
        try
        {
            for (var (current, depth) = (pid, 0); current > 1 && depth < 20; depth++)
            {
                var stat = File.ReadAllText($"/proc/{current}/stat");
                var parent = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                if (File.ReadAllText($"/proc/{current}/cmdline").Contains("/supervise.sh\0", StringComparison.Ordinal) && !IsAppHost(parent))
                {
                    return true;
                }

                current = parent;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // it ended while we looked
        }

        return false;
    }

    /// <summary>The supervisor's parent is its AppHost until that ends; then it is init or a subreaper, which has started no supervisor of this kind.</summary>
    static bool IsAppHost(int pid) => pid > 1 && File.Exists($"/proc/{pid}/stat") && File.ReadAllText($"/proc/{pid}/cmdline").Contains(AppHostName, StringComparison.Ordinal);

    static string AppHostName { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet"
        ? path
        : System.Reflection.Assembly.GetEntryAssembly()?.Location ?? "AppHost");
}
