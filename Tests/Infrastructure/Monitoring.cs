using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Tests.Infrastructure;

/// <summary>
/// A real Prometheus, and where asked for a real Alertmanager, with the configuration of a developer's machine, on ports of their own and
/// with short intervals. They watch the test cluster and one API process.
/// </summary>
sealed class Monitoring : IAsyncDisposable
{
    /// <summary>How often is asked and computed.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    private readonly string folder = Directory.CreateTempSubdirectory("slipway-monitoring-").FullName;
    private readonly List<ChildProcess> processes = [];
    private readonly int port = ChildProcess.FreePort(), alertsPort = ChildProcess.FreePort();

    private Monitoring() => Http = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Prometheus.</summary>
    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>Alertmanager; answers only where it was asked for.</summary>
    public Uri AlertsAddress => new($"http://127.0.0.1:{alertsPort}");

    /// <summary>A client of Prometheus.</summary>
    public HttpClient Http { get; }

    /// <param name="api">Whose series and targets are read. It may start later.</param>
    /// <param name="web">The portal; null: none, which Prometheus calls down.</param>
    /// <param name="alertsToken">What Alertmanager sends to the API; null: no Alertmanager.</param>
    /// <param name="change">Changes the configuration of Prometheus.</param>
    public static async Task<Monitoring> Start(Uri api, Uri? web = null, string? alertsToken = null, Func<string, string>? change = null)
    {
        var monitoring = new Monitoring();
        try
        {
            await monitoring.Run(api, web, alertsToken, change ?? (text => text));
            return monitoring;
        }
        catch
        {
            await monitoring.DisposeAsync();
            throw;
        }
    }

    /// <summary>The series that a query answers now: labels and value.</summary>
    public async Task<IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, double Value)>> Query(string expression, CancellationToken cancel = default)
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString(expression)}", cancel));
        return
        [
            .. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
                (IReadOnlyDictionary<string, string>)series.GetProperty("metric").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!),
                double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))),
        ];
    }

    /// <summary>When the samples of one series were taken, the oldest first.</summary>
    /// <param name="range">A range vector selector of exactly one series, such as <c>up{job="api"}[1m]</c>.</param>
    public async Task<IReadOnlyList<DateTimeOffset>> Times(string range, CancellationToken cancel = default)
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync($"api/v1/query?query={Uri.EscapeDataString(range)}", cancel));
        return
        [
            .. answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Single().GetProperty("values").EnumerateArray()
                .Select(sample => DateTimeOffset.UnixEpoch.AddSeconds(sample[0].GetDouble())),
        ];
    }

    /// <summary>The process of Prometheus.</summary>
    public int Id => processes[0].Id;

    /// <summary>Ends Prometheus, as a machine that goes away does.</summary>
    public Task Kill() => processes[0].KillHard();

    /// <summary>What it printed.</summary>
    public string Log => string.Join("\n", processes.Select(p => p.Tail(40)));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Runs deploy/local/monitoring.sh and returns what it prints.</summary>
    public static async Task<string> Script(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(TestEnvironment.Repository, "deploy", "local", "monitoring.sh"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var script = Process.Start(start)!;
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? output : throw new InvalidOperationException($"monitoring.sh {string.Join(' ', arguments)} ended with {script.ExitCode}.");
    }

    private async Task Run(Uri api, Uri? web, string? alertsToken, Func<string, string> change)
    {
        string[] where = ["--api", api.Authority, "--portal", web?.Authority ?? "127.0.0.1:9", "--alertmanager", AlertsAddress.Authority, "--interval", $"{Interval.TotalSeconds}s"];
        var configuration = Path.Combine(folder, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, change(await Script(["prometheus-config", .. where])));
        var environment = new Dictionary<string, string?>();
        processes.Add(ChildProcess.Start("prometheus",
            ["prometheus", $"--config.file={configuration}", $"--web.listen-address={Address.Authority}", $"--storage.tsdb.path={folder}/data", "--storage.tsdb.retention.time=31d"], environment));
        if (alertsToken is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "alerts-token"), alertsToken);
            var routes = Path.Combine(folder, "alertmanager.yml");
            // What waits for more of the same would make every test wait.
            await File.WriteAllTextAsync(routes, (await Script(["alertmanager-config", "--data", folder, .. where]))
                .Replace("group_wait: 5s", "group_wait: 1s", StringComparison.Ordinal).Replace("group_interval: 15s", "group_interval: 2s", StringComparison.Ordinal));
            processes.Add(ChildProcess.Start("alertmanager",
                ["prometheus-alertmanager", $"--config.file={routes}", $"--web.listen-address={AlertsAddress.Authority}", $"--storage.path={folder}/alerts", "--cluster.listen-address="], environment));
            await processes[1].WaitFor(new(AlertsAddress, "/-/ready"), TimeSpan.FromSeconds(60));
        }

        await processes[0].WaitFor(new(Address, "/-/ready"), TimeSpan.FromSeconds(60));
    }
}
