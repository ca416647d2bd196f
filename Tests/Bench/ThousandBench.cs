using System.Diagnostics;
using System.Net.Http.Json;
using k8s;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Bench;

/// <summary>A thousand stopped apps: what a list of them costs, and how much memory they take.</summary>
static class ThousandBench
{
    // A runtime that compiles while it runs, in several steps, is as fast as it gets after some thousand requests; both sides get the same.
    private const int Apps = 1000, Page = 100, Warmups = 2000, Rounds = 200;
    private const double Bound = 5;

    private static readonly string[] Processes = ["Api", "Web", "AppHost"];

    public static async Task<IReadOnlyList<Row>> Measure()
    {
        using var cluster = new Kubernetes(TestCluster.Configuration());
        await using var meter = await ClusterMeter.Start();
        await using var appHost = await AppHostProcess.Start(meter.KubeConfig);
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = appHost.Api };
        var client = new SlipwayClient(http);
        var email = Names.Email();
        await client.Register(new(email, TestUser.Password));
        await SignIn(http, client, email);
        var project = (await client.CreateProject(new(Names.Project("thousand")))).Name;
        using (await http.GetAsync(new Uri(appHost.Portal, "/sign-in")))
        {
            // The portal has served a page, as an idle portal has.
        }

        var idle = await Resident(appHost);
        var made = await MakeApps(client, cluster, project);
        // A token is good for a quarter of an hour, and a machine may be slow.
        await SignIn(http, client, email);
        var full = await Resident(appHost);
        var rows = new List<Row>
        {
            new($"{Apps:N0} stopped apps made, from the first request to the last object", $"{made.TotalSeconds:0.0} s"),
        };
        rows.AddRange(await List(http, cluster, meter, project));
        rows.AddRange(Processes.Select(p => new Row($"memory of {p}, idle and with {Apps:N0} apps", $"{idle[p]:0} MiB", $"{full[p]:0} MiB")));
        return rows;
    }

    private static async Task SignIn(HttpClient http, SlipwayClient client, string email) =>
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await client.Login(new(email, TestUser.Password))).AccessToken);

    private static async Task<TimeSpan> MakeApps(SlipwayClient client, Kubernetes cluster, string project)
    {
        Console.WriteLine($"making {Apps:N0} stopped apps");
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Apps), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancel) =>
            await client.CreateApp(project, new() { Name = $"app-{i:0000}", Image = TestEnvironment.Sample("sample-http:1"), Port = 8080, Stopped = true }, cancel));
        Console.WriteLine($"all accepted after {clock.Elapsed.TotalSeconds:0.0} s");
        await Wait.For("the last app to have all its objects", async cancel =>
        {
            // The cheap question first: the quota counts the Deployments.
            var quota = (await cluster.CoreV1.ListNamespacedResourceQuotaAsync(project, cancellationToken: cancel)).Items.FirstOrDefault();
            var deployments = quota?.Status?.Used?.TryGetValue("count/deployments.apps", out var used) is true ? used.ToInt32() : 0;
            var addresses = 0;
            for (var offset = 0; deployments == Apps && offset < Apps; offset += PageQuery.MaxLimit)
            {
                addresses += (await client.Apps(project, new() { Offset = offset, Limit = PageQuery.MaxLimit }, cancel)).Items.Count(a => a is { Address: not null, Status.State: AppState.Stopped });
            }

            return (deployments, addresses);
        }, seen => seen == (Apps, Apps), TimeSpan.FromMinutes(10), seen => seen.ToString());
        return clock.Elapsed;
    }

    private static async Task<IReadOnlyList<Row>> List(HttpClient http, Kubernetes cluster, ClusterMeter meter, string project)
    {
        // The same client to both: HTTP/1.1, one connection that is kept, the whole body read.
        var mine = new Uri(http.BaseAddress!, $"/api/projects/{project}/apps?limit={Page}");
        var theirs = new Uri(cluster.BaseUri, $"apis/apps/v1/namespaces/{project}/deployments?limit={Page}");
        var first = await http.GetFromJsonAsync<Page<AppView>>(mine, SlipwayJson.Options);
        if (first is not { Items.Count: Page, Total: Apps })
        {
            throw new InvalidOperationException($"The list has {first?.Items.Count} of {first?.Total} apps.");
        }

        var (slipway, direct, calls) = (new List<double>(), new List<double>(), 0);
        for (var i = 0; i < Warmups + Rounds; i++)
        {
            var before = meter.Calls.Count;
            var mineTook = await Time(http, mine);
            // A watch ends from time to time and is opened again; no listing asks for that.
            calls += meter.Calls.Skip(before).Count(c => !c.Watches);
            var theirsTook = await Time(cluster.HttpClient, theirs);
            if (i >= Warmups)
            {
                slipway.Add(mineTook);
                direct.Add(theirsTook);
            }
        }

        var ratio = Table.Median(direct.Zip(slipway, (d, s) => d / s));
        return
        [
            new($"listing {Page} of {Apps:N0} apps against the cluster's {Page} Deployments, median of {Rounds}", $"{Table.Median(slipway):0.0} ms", $"{Table.Median(direct):0.0} ms",
                $"{ratio:0.0}x", $">= {Bound}x", ratio >= Bound),
            new($"calls to the cluster during {Warmups + Rounds} listings", $"{calls}", "", "", "= 0", calls == 0),
        ];
    }

    private static async Task<double> Time(HttpClient http, Uri address)
    {
        var begun = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = new(1, 1) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    /// <summary>Waits until the processes have come to rest, and says how much memory they hold.</summary>
    private static async Task<Dictionary<string, double>> Resident(AppHostProcess appHost)
    {
        var before = Sample();
        var (_, settled) = await Wait.For("the processes to come to rest", async cancel =>
        {
            await Task.Delay(TimeSpan.FromSeconds(3), cancel);
            var (was, now) = (before, Sample());
            before = now;
            return (was, now);
        }, seen => Processes.All(p => Math.Abs(seen.now[p] - seen.was[p]) < 0.02 * seen.was[p]), TimeSpan.FromMinutes(2), _ => "they still grow or shrink");
        return settled;

        Dictionary<string, double> Sample() => Processes.ToDictionary(p => p, appHost.ResidentMiB);
    }
}
