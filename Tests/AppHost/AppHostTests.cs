using System.Net;
using System.Net.Sockets;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The AppHost as people start it: its own process, with a real PostgreSQL, API and portal, in a state folder of its own.</summary>
public sealed class AppHostTests : IDisposable
{
    readonly string _home = Directory.CreateTempSubdirectory("slipway-home-").FullName;

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Nothing_outlives_the_AppHost(string signal)
    {
        await using var appHost = StartAppHost();
        await Wait.For("PostgreSQL and the API to run", _ => Task.FromResult(Mine()), processes =>
            processes.Any(p => p.Contains("bin/postgres", StringComparison.Ordinal)) && processes.Any(p => p.Contains("Slipway.Api.dll", StringComparison.Ordinal)));

        Processes.Signal(appHost.Id, signal);
        await Wait.For("everything to be gone", _ => Task.FromResult(Mine()), processes => processes.Count == 0, TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task A_second_AppHost_on_the_same_folder_is_refused()
    {
        await using var first = StartAppHost();
        await Wait.Until("the dashboard", _ => Task.FromResult(first.Log.Contains("dashboard on", StringComparison.Ordinal)));
        await using var second = StartAppHost();
        await Wait.Until("the second to end", _ => Task.FromResult(second.HasExited));
        Assert.Contains($"Another AppHost already runs with {_home}", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_holder()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var appHost = StartAppHost($"--Ports:Api={port}");
        await Wait.Until("it to end", _ => Task.FromResult(appHost.HasExited));
        Assert.Contains($"Port {port}, wanted by api, is already in use by", appHost.Log, StringComparison.Ordinal);
        Assert.Contains($"pid {Environment.ProcessId}", appHost.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("running", appHost.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_local_cluster_it_says_what_is_missing_and_what_to_do()
    {
        await using var appHost = ChildProcess.Start("apphost", ["dotnet", TestEnvironment.Assembly("AppHost")],
            new Dictionary<string, string?> { ["SLIPWAY_HOME"] = _home, ["KUBECONFIG"] = null, ["Cluster__KubeConfig"] = null });
        await Wait.Until("it to end", _ => Task.FromResult(appHost.HasExited));
        Assert.StartsWith("Missing: ", appHost.Log, StringComparison.Ordinal);
        Assert.Contains("./platform run", appHost.Log, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    ChildProcess StartAppHost(params string[] options) => ChildProcess.Start(
        "apphost",
        // Set by env, not for the guard around it, which lives as long as the test run.
        ["env", $"SLIPWAY_HOME={_home}", "dotnet", TestEnvironment.Assembly("AppHost"), "--kubeconfig", "/dev/null", "--Ports:Portal=0", "--Ports:Api=0", "--Ports:Postgres=0", "--Ports:Dashboard=0", .. options],
        new Dictionary<string, string?>());

    /// <summary>Processes in whose environment this test's state folder stands: everything the AppHost started, and what that started.</summary>
    IReadOnlyList<string> Mine() => Processes.WithVariable("SLIPWAY_HOME", _home);
}
