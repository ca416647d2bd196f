using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>An API with a Prometheus of its own, which reads the API and the test cluster.</summary>
sealed record MetricsStage(TestDatabase Database, ApiProcess Api, Infrastructure.Monitoring Monitoring, TestUser User)
{
    /// <param name="own">Says what is to be disposed in the end.</param>
    /// <param name="change">Changes the configuration of Prometheus.</param>
    /// <param name="settings">More settings of the API.</param>
    public static async Task<MetricsStage> Set(Func<IAsyncDisposable, IAsyncDisposable> own, Func<string, string>? change = null, Dictionary<string, string?>? settings = null)
    {
        var database = await TestDatabase.Create();
        own(database);
        // Each needs to know where the other is: Prometheus waits for what it reads.
        var port = ChildProcess.FreePort();
        var monitoring = await Infrastructure.Monitoring.Start(new($"http://127.0.0.1:{port}"), change: change);
        own(monitoring);
        var api = await ApiProcess.Start(database, settings: new Dictionary<string, string?>(settings ?? [])
        {
            ["Prometheus__Url"] = monitoring.Address.ToString(),
            ["Prometheus__TimeoutSeconds"] = "4",
        }, at: port);
        own(api);
        var user = await TestUser.Register(api);
        own(new Later(user));
        return new(database, api, monitoring, user);
    }

    private sealed class Later(IDisposable what) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            what.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>What tests of metrics ask besides.</summary>
static partial class MetricsQuestions
{
    /// <summary>How many range queries Prometheus has answered, as it counts them itself.</summary>
    public static async Task<int> RangeQueries(this Infrastructure.Monitoring monitoring) =>
        RangeQuery().Matches(await monitoring.Http.GetStringAsync("metrics")).Sum(m => (int)double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>The metrics of a project's apps, with this many lines of their own.</summary>
    public static async Task<MetricsView> SendTop(this SlipwayClient _, HttpClient http, string project, int top) =>
        (await http.GetFromJsonAsync<MetricsView>($"api/projects/{project}/metrics?range=15m&step=5s&top={top}", SlipwayJson.Options))!;

    [GeneratedRegex("""^prometheus_http_requests_total\{code="200",handler="/api/v1/query_range"\} (.+)$""", RegexOptions.Multiline)]
    private static partial Regex RangeQuery();
}

/// <summary>What the kernel counts for a pod: control groups of version 1 or 2 (kernel.org/doc/html/latest/admin-guide/cgroup-v2.html).</summary>
sealed class PodCgroup
{
    private readonly string cpu, memory;

    private PodCgroup(string cpu, string memory)
    {
        this.cpu = cpu;
        this.memory = memory;
    }

    public double CpuSeconds => File.Exists($"{cpu}/cpu.stat") && Field($"{cpu}/cpu.stat", "usage_usec") is { } microseconds
        ? microseconds / 1e6
        : long.Parse(File.ReadAllText($"{cpu}/cpuacct.usage"), CultureInfo.InvariantCulture) / 1e9;

    /// <summary>Bytes that cannot be taken back, as the kubelet counts them.</summary>
    public double WorkingSet => File.Exists($"{memory}/memory.current")
        ? Number($"{memory}/memory.current") - (Field($"{memory}/memory.stat", "inactive_file") ?? 0)
        : Number($"{memory}/memory.usage_in_bytes") - (Field($"{memory}/memory.stat", "total_inactive_file") ?? 0);

    public static PodCgroup Of(V1Pod pod)
    {
        string[] roots = ["/sys/fs/cgroup/kubepods", "/sys/fs/cgroup/cpuacct/kubepods", "/sys/fs/cgroup/cpu,cpuacct/kubepods", "/sys/fs/cgroup/memory/kubepods"];
        var found = roots.Where(Directory.Exists).SelectMany(r => Directory.EnumerateDirectories(r, $"pod{pod.Metadata.Uid}", SearchOption.AllDirectories)).ToList();
        return new(found.First(f => File.Exists($"{f}/cpuacct.usage") || File.Exists($"{f}/memory.current")), found.First(f => File.Exists($"{f}/memory.stat")));
    }

    private static double Number(string file) => long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);

    private static double? Field(string file, string name) => File.ReadLines(file).Select(l => l.Split(' ')).FirstOrDefault(l => l[0] == name) is { } line
        ? long.Parse(line[1], CultureInfo.InvariantCulture)
        : null;
}
