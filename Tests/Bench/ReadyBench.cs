using System.Diagnostics;
using System.Text.Json.Nodes;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Bench;

/// <summary>From accepting an app to its pod being Ready, against kubectl with the very same objects.</summary>
static class ReadyBench
{
    private const int Warmups = 2, Pairs = 12;
    private const double Bound = 1.15;

    public static async Task<IReadOnlyList<Row>> Measure()
    {
        await using var database = await TestDatabase.Create();
        await using var api = await ApiProcess.Start(database);
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("ready");
        await using var watch = new ReadyWatch(project);
        var pairs = new List<(double Slipway, double Waited, double Seen)>();

        // The objects that kubectl gets are Slipway's own, read back once.
        await WithSlipway(user, project, "original", watch);
        var objects = await ReadBack(project, "original");
        await user.Client.DeleteApp(project, "original");
        for (var i = 0; i < Warmups + Pairs; i++)
        {
            var (mine, theirs) = ($"slipway-{i}", $"kubectl-{i}");
            var slipway = 0.0;
            var kubectl = (Waited: 0.0, Seen: 0.0);
            foreach (var first in i % 2 == 0 ? (bool[])[true, false] : [false, true])
            {
                if (first)
                {
                    slipway = await WithSlipway(user, project, mine, watch);
                }
                else
                {
                    kubectl = await WithKubectl(project, theirs, objects, watch);
                }
            }

            await Remove(user, project, mine, theirs);
            Console.WriteLine($"pair {i + 1 - Warmups,3}: Slipway {slipway:0.000} s, kubectl {kubectl.Waited:0.000} s (pod ready after {kubectl.Seen:0.000} s){(i < Warmups ? ", not counted" : "")}");
            if (i >= Warmups)
            {
                pairs.Add((slipway, kubectl.Waited, kubectl.Seen));
            }
        }

        return
        [
            Compare($"accepted to Ready against kubectl apply + wait, median of {Pairs} pairs", pairs.Select(p => (p.Slipway, p.Waited)), bounded: true),
            Compare("the same, until the same watch sees the pod Ready", pairs.Select(p => (p.Slipway, p.Seen)), bounded: false),
        ];
    }

    private static Row Compare(string what, IEnumerable<(double Slipway, double Kubectl)> pairs, bool bounded)
    {
        var all = pairs.ToList();
        var ratio = Table.Median(all.Select(p => p.Slipway / p.Kubectl));
        return new(what, $"{Table.Median(all.Select(p => p.Slipway)):0.000} s", $"{Table.Median(all.Select(p => p.Kubectl)):0.000} s", $"{ratio:0.00}",
            bounded ? $"<= {Bound}" : "", !bounded || ratio <= Bound);
    }

    private static async Task<double> WithSlipway(TestUser user, string project, string name, ReadyWatch watch)
    {
        var begun = Stopwatch.GetTimestamp();
        await user.Client.CreateApp(project, new()
        {
            Name = name,
            Image = TestEnvironment.Sample("sample-http:1"),
            Port = 8080,
            HealthPath = "/healthz",
            Environment = new Dictionary<string, string> { ["COLOUR"] = "blue" },
        });
        return Stopwatch.GetElapsedTime(begun, await watch.Ready(name)).TotalSeconds;
    }

    private static async Task<(double Waited, double Seen)> WithKubectl(string project, string name, string objects, ReadyWatch watch)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{project}-{name}.json");
        await File.WriteAllTextAsync(file, objects.Replace("original-name", name, StringComparison.Ordinal).Replace("original-id", $"{Guid.NewGuid()}", StringComparison.Ordinal));
        try
        {
            var begun = Stopwatch.GetTimestamp();
            await TestCluster.Kubectl("apply", "-f", file);
            await TestCluster.Kubectl("wait", "--for=condition=Available", $"deployment/{name}", "-n", project, "--timeout=60s");
            var waited = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return (waited, Stopwatch.GetElapsedTime(begun, await watch.Ready(name)).TotalSeconds);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The app's objects as a list for kubectl, without what the cluster added, under another name and owner.</summary>
    private static async Task<string> ReadBack(string project, string app)
    {
        var list = JsonNode.Parse(await TestCluster.Kubectl("get", "service,secret,deployment,poddisruptionbudget", "-n", project, "-l", $"{TestCluster.AppName}={app}", "-o", "json"))!;
        var id = list["items"]![0]!["metadata"]!["labels"]![TestCluster.AppId]!.GetValue<string>();
        foreach (var item in list["items"]!.AsArray())
        {
            var (metadata, spec) = (item!["metadata"]!.AsObject(), item["spec"]?.AsObject());
            item.AsObject().Remove("status");
            foreach (var name in (string[])["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "annotations"])
            {
                metadata.Remove(name);
            }

            foreach (var name in (string[])["clusterIP", "clusterIPs"])
            {
                spec?.Remove(name);
            }

            foreach (var port in spec?["ports"]?.AsArray() ?? [])
            {
                port!.AsObject().Remove("nodePort");
            }

            // Else the API would look at kubectl's objects, too, and kubectl be charged for it.
            metadata["labels"]![TestCluster.ManagedBy] = "kubectl";
        }

        var text = list.ToJsonString().Replace(id, "original-id", StringComparison.Ordinal);
        return text.Replace($"\"{app}\"", "\"original-name\"", StringComparison.Ordinal).Replace($"\"{app}-env", "\"original-name-env", StringComparison.Ordinal);
    }

    private static async Task Remove(TestUser user, string project, string mine, string theirs)
    {
        await user.Client.DeleteApp(project, mine);
        await TestCluster.Kubectl("delete", "deployment,service,secret", "-n", project, "-l", $"{TestCluster.AppName}={theirs}");
        await Wait.For("the pair to be gone", async _ => await TestCluster.Kubectl("get", "pods", "-n", project, "-o", "name"), pods => pods.Length == 0);
    }
}
