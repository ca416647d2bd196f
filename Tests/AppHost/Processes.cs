using System.Diagnostics;

namespace Slipway.Tests.AppHost;

/// <summary>Processes of this machine.</summary>
static class Processes
{
    /// <summary>False also for one that is dead and only not yet reaped.</summary>
    public static bool Exists(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not 'Z' and not 'X';
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }

    /// <summary>The command lines of all processes with a variable set to this value, wherever they have hidden.</summary>
    public static IReadOnlyList<string> WithVariable(string name, string value)
    {
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                if (File.ReadAllText(folder + "/environ").Split('\0').Contains($"{name}={value}"))
                {
                    found.Add($"{Path.GetFileName(folder)}: {File.ReadAllText(folder + "/cmdline").Replace('\0', ' ')}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked.
            }
        }

        return found;
    }
}
