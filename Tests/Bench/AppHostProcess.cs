using Slipway.Tests.Infrastructure;

namespace Slipway.Bench;

/// <summary>The whole system as people start it, with a state folder of its own.</summary>
sealed class AppHostProcess : IAsyncDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("slipway-bench-").FullName;
    private readonly ChildProcess process;

    private AppHostProcess(string kubeConfig)
    {
        var (api, portal) = (ChildProcess.FreePort(), ChildProcess.FreePort());
        Api = new($"http://127.0.0.1:{api}");
        Portal = new($"http://127.0.0.1:{portal}");
        process = ChildProcess.Start("apphost",
            // Spans of every request would be recorded and shown on the dashboard; the cluster's API, with which it is compared, records none.
            ["env", $"SLIPWAY_HOME={home}", "OTEL_TRACES_SAMPLER=always_off", "dotnet", TestEnvironment.Assembly("AppHost"), "--kubeconfig", kubeConfig,
                $"--Ports:Api={api}", $"--Ports:Portal={portal}", "--Ports:Postgres=0", "--Ports:Dashboard=0", "--Ports:DashboardOtlp=0"],
            new Dictionary<string, string?>());
    }

    public Uri Api { get; }

    public Uri Portal { get; }

    public static async Task<AppHostProcess> Start(string kubeConfig)
    {
        var appHost = new AppHostProcess(kubeConfig);
        try
        {
            await appHost.process.WaitFor(new(appHost.Portal, "/health"), TimeSpan.FromSeconds(120));
            await appHost.process.WaitFor(new(appHost.Api, "/health"), TimeSpan.FromSeconds(60));
            return appHost;
        }
        catch
        {
            await appHost.DisposeAsync();
            throw;
        }
    }

    /// <summary>Resident memory in MiB, of the process that runs this assembly in this state folder.</summary>
    public double ResidentMiB(string assembly)
    {
        var variable = $"SLIPWAY_HOME={home}\0";
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                if (File.ReadAllText($"{folder}/cmdline").Split('\0') is [var program, ..] command
                    && (Path.GetFileName(program) == $"Slipway.{assembly}" || (Path.GetFileName(program) == "dotnet" && command.Any(a => a.EndsWith($"/Slipway.{assembly}.dll", StringComparison.Ordinal))))
                    && File.ReadAllText($"{folder}/environ").Contains(variable, StringComparison.Ordinal))
                {
                    return ChildProcess.ResidentMiBOf(int.Parse(Path.GetFileName(folder)));
                }
            }
            catch (IOException)
            {
                // Processes end while one looks.
            }
        }

        throw new InvalidOperationException($"No process runs Slipway.{assembly}.dll for {home}.\n{process.Tail(40)}");
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }
}
