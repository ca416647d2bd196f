using System.Diagnostics;

namespace Slipway.Tests.Cluster.Watching;

/// <summary>What is done to a process from outside.</summary>
static class TestProcess
{
    /// <summary>Asks it to end (SIGTERM).</summary>
    public static async Task Terminate(int id)
    {
        using var kill = Process.Start("kill", ["-TERM", id.ToString()]);
        await kill.WaitForExitAsync();
    }
}
