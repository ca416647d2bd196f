using System.Net;
using System.Net.Sockets;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>What whoever starts the AppHost sees, and what becomes of its parts.</summary>
public sealed class AppHostTests(AppHostRun run) : IClassFixture<AppHostRun>
{
    [Fact]
    public async Task The_printed_link_opens_the_dashboard_and_nobody_gets_in_without_it()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var stranger = await http.GetAsync(new Uri(run.DashboardLink, "/"));
        Assert.Equal("/login", stranger.Headers.Location?.IsAbsoluteUri is true ? stranger.Headers.Location.AbsolutePath : stranger.Headers.Location?.ToString().Split('?')[0]);

        using var guest = await http.GetAsync(run.DashboardLink);
        Assert.Equal(HttpStatusCode.Redirect, guest.StatusCode);
        Assert.DoesNotContain("login", guest.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.Contains(guest.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(".Aspire.Dashboard.Auth", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_AppHost_on_the_same_folder_is_refused()
    {
        await using var second = AppHostRun.StartIn(run.Home);
        await Wait.Until("the second to end", _ => Task.FromResult(second.HasExited));
        Assert.Contains($"Another AppHost already runs with {run.Home}", second.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/Slipway.Api", "api")]
    [InlineData("/Slipway.Web", "web")]
    [InlineData("postgres.sh serve", "postgres")]
    public async Task What_is_killed_comes_back(string part, string name)
    {
        var before = run.ProcessWith(part);
        var healthy = CountOf($"{name} healthy");

        Processes.Signal(before, "KILL");

        await Wait.Until($"{name} to be started again; the AppHost says:\n{run.Log}", _ => Task.FromResult(CountOf($"{name} healthy") > healthy));
        Assert.NotEqual(before, run.ProcessWith(part));
        Assert.Contains($"{name} crashed, is started again in", OneBlank(run.Log), StringComparison.Ordinal);
        using var http = new HttpClient();
        await Wait.Until("the portal to answer", async cancel =>
        {
            using var answer = await http.GetAsync(new Uri(run.Portal, "/sign-in"), cancel);
            return answer.IsSuccessStatusCode;
        });
    }

    private int CountOf(string text) => OneBlank(run.Log).Split(text).Length - 1;

    private static string OneBlank(string log) => System.Text.RegularExpressions.Regex.Replace(log, " +", " ");
}

/// <summary>What is left of an AppHost, and why one does not start.</summary>
public sealed class AppHostEndTests
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    public async Task Nothing_outlives_the_AppHost(string signal)
    {
        await using var run = new AppHostRun();
        await Wait.For("PostgreSQL and the API to run", _ => Task.FromResult(run.Processes()), processes =>
            processes.Any(p => p.Contains("bin/postgres", StringComparison.Ordinal)) && processes.Any(p => p.Contains("/Slipway.Api", StringComparison.Ordinal)));

        Processes.Signal(run.Id, signal);
        await Wait.For("everything to be gone", _ => Task.FromResult(run.Processes()), processes => processes.Count == 0, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task An_AppHost_whose_orchestrator_is_killed_ends_and_says_so()
    {
        await using var run = new AppHostRun();
        await run.InitializeAsync();

        foreach (var orchestrator in run.Processes().Where(p => p.Contains("/dcp start-apiserver", StringComparison.Ordinal) || p.Contains("/dcp run-controllers", StringComparison.Ordinal)))
        {
            Processes.Signal(int.Parse(orchestrator.Split(':')[0]), "KILL");
        }

        await Wait.For("everything to be gone", _ => Task.FromResult(run.Processes()), processes => processes.Count == 0, TimeSpan.FromSeconds(60));
        Assert.Contains("the orchestrator (dcp) has ended", run.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_holder()
    {
        var home = Directory.CreateTempSubdirectory("slipway-home-");
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        foreach (var (setting, owner) in ((string, string)[])[("Api", "the API"), ("Dashboard", "the dashboard")])
        {
            await using var appHost = AppHostRun.StartIn(home.FullName, $"--Ports:{setting}={port}");
            await Wait.Until("it to end", _ => Task.FromResult(appHost.HasExited));
            Assert.Contains($"Port {port}, wanted by {owner}, is already in use by", appHost.Log, StringComparison.Ordinal);
            Assert.Contains($"pid {Environment.ProcessId}", appHost.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("running", appHost.Log, StringComparison.Ordinal);
        }

        home.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_a_local_cluster_it_says_what_is_missing_and_what_to_do()
    {
        var home = Directory.CreateTempSubdirectory("slipway-home-");
        await using var appHost = ChildProcess.Start("apphost", ["dotnet", TestEnvironment.Assembly("AppHost")],
            new Dictionary<string, string?> { ["SLIPWAY_HOME"] = home.FullName, ["KUBECONFIG"] = null, ["Cluster__KubeConfig"] = null });
        await Wait.Until("it to end", _ => Task.FromResult(appHost.HasExited));
        Assert.StartsWith("Missing: ", appHost.Log, StringComparison.Ordinal);
        Assert.Contains("./platform run", appHost.Log, StringComparison.Ordinal);
        home.Delete(recursive: true);
    }
}
