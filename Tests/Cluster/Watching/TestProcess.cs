using System.Diagnostics;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

/// <summary>What is done to a process from outside.</summary>
static class TestProcess
{
    /// <summary>Has the app's one container end with exit code 3, and waits until the cluster has started it again.</summary>
    public static async Task Crash(TestCluster cluster, AppView app)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until($"{app.Name} to be started again", async cancel =>
        {
            try
            {
                await http.GetAsync($"{app.Address}/exit?code=3", cancel);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // It may or may not answer before it ends.
            }

            return (await cluster.Pods(app.Project, app.Name)).Any(p => p.Status.ContainerStatuses is [{ RestartCount: > 0 }]);
        });
    }

    /// <summary>Asks it to end (SIGTERM).</summary>
    public static async Task Terminate(int id)
    {
        using var kill = Process.Start("kill", ["-TERM", id.ToString()]);
        await kill.WaitForExitAsync();
    }
}
