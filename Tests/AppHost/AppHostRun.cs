using System.Text.RegularExpressions;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The AppHost as people start it: its own process, with a real PostgreSQL, API, portal and dashboard, in a state folder of its own.</summary>
public sealed partial class AppHostRun : IAsyncLifetime
{
    private readonly string home = Directory.CreateTempSubdirectory("slipway-home-").FullName;
    private readonly ChildProcess process;

    public AppHostRun() => process = StartIn(home);

    /// <summary>The folder of its state.</summary>
    public string Home => home;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Everything on its console.</summary>
    public string Log => process.Log;

    /// <summary>The link to the dashboard that it prints.</summary>
    public Uri DashboardLink => new(Dashboard().Match(Log).Groups[1].Value);

    /// <summary>The portal's address that it prints.</summary>
    public Uri Portal => new(Ready().Match(Log).Groups[1].Value);

    /// <summary>Starts one in a folder, on ports that are free.</summary>
    internal static ChildProcess StartIn(string home, params string[] options) => ChildProcess.Start(
        "apphost",
        // Set by env, not for the guard around it, which lives as long as the test run.
        ["env", $"SLIPWAY_HOME={home}", "dotnet", TestEnvironment.Assembly("AppHost"), "--kubeconfig", TestEnvironment.KubeConfig, "--Ports:Portal=0", "--Ports:Api=0",
            "--Ports:Postgres=0", "--Ports:Dashboard=0", "--Ports:DashboardOtlp=0", .. options],
        new Dictionary<string, string?>());

    /// <summary>Processes in whose environment the state folder stands: everything that the AppHost started, and what that started.</summary>
    public IReadOnlyList<string> Processes() => AppHost.Processes.WithVariable("SLIPWAY_HOME", home);

    /// <summary>The id of the process whose command line has this in it.</summary>
    public int ProcessWith(string part) => int.Parse(Processes().First(p => p.Contains(part, StringComparison.Ordinal)).Split(':')[0]);

    public async ValueTask InitializeAsync() =>
        await Wait.For("the AppHost to be ready", _ => Task.FromResult(Log), log => !process.HasExited && Ready().IsMatch(log), describe: log => $"{(process.HasExited ? "it has ended" : "it says")}:\n{log}");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            AppHost.Processes.Signal(process.Id, "TERM");
            await Wait.Until("the AppHost to end", _ => Task.FromResult(process.HasExited));
        }

        await process.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    [GeneratedRegex(@"dashboard on (http://\S+)", RegexOptions.None, 1000)]
    private static partial Regex Dashboard();

    [GeneratedRegex(@"Ready: (http://\S+)", RegexOptions.None, 1000)]
    private static partial Regex Ready();
}
