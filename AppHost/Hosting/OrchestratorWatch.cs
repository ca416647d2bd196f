using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Slipway.AppHost.Hosting;

/// <summary>
/// Ends the AppHost when Aspire's orchestrator (DCP) has been killed: the processes end with it, and Aspire itself would go on as if nothing
/// had happened.
/// </summary>
static class OrchestratorWatch
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    public static async Task Run(RunConsole console, IHostApplicationLifetime lifetime)
    {
        using var timer = new PeriodicTimer(Pace);
        var seen = false;
        try
        {
            while (await timer.WaitForNextTickAsync(lifetime.ApplicationStopping))
            {
                var runs = IsThere();
                if (seen && !runs)
                {
                    console.Say("apphost", "the orchestrator (dcp) has ended, and with it everything that it had started. Start again.", "31");
                    Environment.ExitCode = 1;
                    lifetime.StopApplication();
                    return;
                }

                seen |= runs;
            }
        }
        catch (OperationCanceledException)
        {
            // An ordinary end.
        }
    }

    private static bool IsThere() => Directory.EnumerateDirectories("/proc")
        .Any(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && IsOurs(pid));

    // dcp start-apiserver --monitor PID …; the one with --detach starts that one and ends at once.
    private static bool IsOurs(int pid)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
            var monitor = Array.IndexOf(arguments, "--monitor");
            return Path.GetFileName(arguments[0]) is "dcp" && arguments.Contains("start-apiserver") && !arguments.Contains("--detach") && monitor >= 0 && monitor + 1 < arguments.Length
                && arguments[monitor + 1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
