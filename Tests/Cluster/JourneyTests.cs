using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

public sealed class JourneyTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task An_app_is_deployed_changed_and_rolled_back_without_losing_a_request_read_live_and_deleted_with_its_namespace()
    {
        using var user = await Platform.NewUser();
        var client = user.Client;
        var project = await user.NewProject("journey");

        // As much processor as anybody gets who asks for nothing: people are about to use it without pause.
        await client.CreateApp(project, Small("shop") with { HealthPath = "/healthz", Resources = Resources.Default });
        var app = await AppIs(client, project, "shop", AppState.Running, release: 1);
        Assert.Equal("http://shop", app.InternalAddress);
        Assert.Equal((1, 1), (app.Status.Wanted, app.Status.Ready));

        await using (var load = await LoadLoop.Start(app.Address!))
        {
            await load.Answered("1");
            await client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2"), Reason = "Newer" });
            await AppIs(client, project, "shop", AppState.Running, release: 2);
            await load.Answered("2");

            await client.Rollback(project, "shop", 1);
            await AppIs(client, project, "shop", AppState.Running, release: 3);
            await load.Answered("1");

            await client.PatchApp(project, "shop", new() { Replicas = 2 });
            await AppIs(client, project, "shop", AppState.Running, release: 4);
            await client.RestartApp(project, "shop");
            await Wait.For("two fresh replicas", async cancel => await client.Pods(project, "shop", cancel: cancel),
                pods => pods.Items.Count == 2 && pods.Items.All(p => p.Ready && p.Release == 4));
            await AppIs(client, project, "shop", AppState.Running, release: 4);
            await load.Answered("1");
            Assert.True(load.Failures.Count == 0, $"{load.Failures.Count} requests were lost of {load.Versions.Values.Sum()}: {string.Join("\n", load.Failures.Take(10))}");
        }

        await ReadTheLogLive(client, project, app.Address!);
        Assert.All((await client.Releases(project, "shop")).Items, release => Assert.Equal(ReleaseOutcome.Succeeded, release.Outcome));
        await TimelineTellsTheStory(client, project);

        using (var refusal = await user.Send(HttpMethod.Delete, $"/api/projects/{project}"))
        {
            await refusal.IsProblem(HttpStatusCode.BadRequest);
        }

        Assert.Equal(AppState.Deleting, (await client.DeleteApp(project, "shop")).Status.State);
        await AppIsGone(client, project, "shop");
        Assert.Empty(await Cluster.Deployments(project));
        Assert.Empty(await Cluster.Services(project, "shop"));
        Assert.Empty(await Cluster.Secrets(project, "shop"));

        await client.DeleteProject(project);
        await Cluster.NamespaceGone(project);
    }

    [Fact]
    public async Task A_stopped_app_runs_nothing_and_comes_back_when_started_with_the_address_that_it_had()
    {
        using var user = await Platform.NewUser();
        var client = user.Client;
        var project = await user.NewProject();
        await client.CreateApp(project, Small("shop"));
        var before = await AppIs(client, project, "shop", AppState.Running);

        await client.StopApp(project, "shop");
        await Wait.For("no pod to be left", _ => Cluster.Pods(project, "shop"), pods => pods.Count == 0, describe: pods => $"{pods.Count} pods");
        await AppIs(client, project, "shop", AppState.Stopped);
        await client.RestartApp(project, "shop").IsRefused(HttpStatusCode.Conflict);

        await client.StartApp(project, "shop");
        var after = await AppIs(client, project, "shop", AppState.Running);
        Assert.Equal(before.Address, after.Address);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.For("the app to answer", cancel => http.GetStringAsync(after.Address, cancel), answer => answer.StartsWith("sample-http version 1", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30));
        var kinds = (await client.Events(project, "shop")).Items.Select(e => e.Kind).ToList();
        Assert.Contains(TimelineKind.Stopped, kinds);
        Assert.Contains(TimelineKind.Resumed, kinds);
    }

    [Fact]
    public async Task Who_was_refused_while_an_app_was_stopped_gets_an_answer_from_the_same_local_port_once_it_runs()
    {
        using var user = await Platform.NewUser();
        var client = user.Client;
        var project = await user.NewProject();
        await client.CreateApp(project, Small("shop"));
        var address = new Uri((await AppIs(client, project, "shop", AppState.Running)).Address!);
        await client.StopApp(project, "shop");
        // A local port that got an answer still leads to the replica on its way out: each is used once here.
        var used = new HashSet<int>();
        int UnusedPort()
        {
            var port = ChildProcess.FreePort();
            return used.Add(port) ? port : UnusedPort();
        }

        await Wait.For("the address to refuse", cancel => Visit(address, UnusedPort(), cancel), answer => answer is SocketError.ConnectionRefused, describe: answer => $"{answer}");
        // Nothing accepts a connection that nobody would ever answer.
        Assert.DoesNotContain(address.Port, IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port));

        // Of a port that has been used before the kernel remembers where it led, for two minutes.
        var ports = Enumerable.Range(0, 5).Select(_ => UnusedPort()).ToList();
        foreach (var port in ports)
        {
            Assert.Equal(SocketError.ConnectionRefused, await Visit(address, port));
        }

        await client.StartApp(project, "shop");
        await AppIs(client, project, "shop", AppState.Running);
        await Wait.For("the address to answer", cancel => Visit(address, 0, cancel), answer => answer is SocketError.Success, TimeSpan.FromSeconds(30), answer => $"{answer}");
        foreach (var port in ports)
        {
            Assert.Equal(SocketError.Success, await Visit(address, port));
        }
    }

    [Fact]
    public async Task A_worker_without_a_port_runs_its_command_and_has_no_service()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("worker", port: null) with
        {
            Command = ["sh", "-c"],
            Arguments = ["echo \"$(NOT_REPLACED) $$ is mine\" | head -c 100; trap 'exit 0' TERM; while :; do sleep 1; done"],
        });
        var app = await AppIs(user.Client, project, "worker", AppState.Running);
        Assert.Null(app.Address);
        Assert.Empty(await Cluster.Services(project, "worker"));
        var pod = await Cluster.ReadyPod(project, "worker");
        Assert.Equal("echo \"$(NOT_REPLACED) $$ is mine\" | head -c 100; trap 'exit 0' TERM; while :; do sleep 1; done",
            System.Text.Encoding.UTF8.GetString((await Cluster.Exec(pod, "cat", "/proc/1/cmdline")).Output).Split('\0')[2]);
    }

    [Fact]
    public async Task Apps_of_one_project_reach_each_other_by_name()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        await user.Client.CreateApp(project, Small("shop"));
        await user.Client.CreateApp(project, Small("front", "sample-http:2"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        var pod = await Cluster.ReadyPod(project, "front");
        await Wait.For("http://shop to answer inside the project", async _ =>
        {
            // Not wget: Debian's static busybox crashes in it, on any machine.
            var (_, output, errors) = await Cluster.Exec(pod, "sh", "-c", "printf 'GET / HTTP/1.0\r\n\r\n' | nc -w 5 shop 80");
            return System.Text.Encoding.UTF8.GetString(output) + errors;
        }, answer => answer.Contains("sample-http version 1", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }

    // Sends a request from this local port (0: any) and says whether it was answered.
    private static async Task<SocketError> Visit(Uri address, int port, CancellationToken cancel = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            await socket.ConnectAsync(IPAddress.Loopback, address.Port, patience.Token);
            await socket.SendAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), patience.Token);
            return await socket.ReceiveAsync(new byte[4096], patience.Token) > 0 ? SocketError.Success : SocketError.Disconnecting;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }

    private async Task ReadTheLogLive(SlipwayClient client, string project, string address)
    {
        var mark = $"/live-{Names.Next()}";
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reading = Task.Run(async () =>
        {
            await foreach (var line in client.Logs(project, "shop", new() { Follow = true, Tail = 5 }, patience.Token))
            {
                if (line.Text.Contains(mark, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            return null;
        });
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until($"the line with {mark} in the followed log", async cancel =>
        {
            await http.GetAsync($"{address}{mark}", cancel);
            return reading.IsCompleted;
        }, TimeSpan.FromSeconds(30));
        var found = await reading;
        Assert.NotNull(found);
        Assert.NotNull(found.At);
        Assert.Contains((await Cluster.Pods(project, "shop")).Select(p => p.Name()), pod => pod == found.Pod);

        var past = new List<LogLine>();
        await foreach (var line in client.Logs(project, "shop", new() { Tail = 3, Pod = found.Pod }, patience.Token))
        {
            past.Add(line);
        }

        Assert.InRange(past.Count, 1, 3);
        Assert.All(past, line => Assert.Equal(found.Pod, line.Pod));
    }

    private static async Task TimelineTellsTheStory(SlipwayClient client, string project)
    {
        var timeline = await Wait.For("the first release's whole story", async cancel => (await client.Events(project, "shop", new() { Limit = 500 }, cancel)).Items,
            entries => Missing(entries, 1) is "", describe: entries => $"without {Missing(entries, 1)}: {string.Join(", ", entries.Select(e => $"{e.Release} {e.Kind}"))}");
        Assert.All(timeline, entry => Assert.NotEmpty(entry.Message));
        // Ids are given when something is written, which with several writers is not the order in which it happened.
        Assert.Equal(timeline.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Select(e => e.Id), timeline.Select(e => e.Id));
        Assert.NotNull(timeline.Single(e => e is { Release: 1, Kind: TimelineKind.Accepted }).Actor);

        static string Missing(IReadOnlyList<TimelineEntry> entries, int release) => string.Join(", ",
            ((TimelineKind[])[TimelineKind.Accepted, TimelineKind.Applied, TimelineKind.Scheduled, TimelineKind.Pulled, TimelineKind.Started, TimelineKind.Ready])
            .Where(kind => entries.Count(e => e.Release == release && e.Kind == kind) != 1));
    }
}
