using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Slipway.AppHost.Hosting;

/// <summary>Ports that must be free before anything is started: later a taken one is a crash loop, and for the dashboard's nothing is said at all.</summary>
static class PortCheck
{
    // The orchestrator takes up to 16 s to end what a killed AppHost had started.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>The first port that somebody listens on, as a sentence with the holder's name; null where all are free.</summary>
    /// <param name="ports">Which are wanted, and by whom.</param>
    /// <param name="wait">Whether the holders may be parts of an earlier run that are on their way out.</param>
    public static string? FindTaken(IReadOnlyList<(string Owner, int Port)> ports, bool wait)
    {
        var until = DateTime.UtcNow + (wait ? Patience : TimeSpan.Zero);
        var said = false;
        while (true)
        {
            if (ports.Where(p => IsTaken(p.Port)).Select(p => ((string Owner, int Port)?)p).FirstOrDefault() is not { } taken)
            {
                return null;
            }

            var holder = HolderOf(taken.Port);
            if (DateTime.UtcNow >= until)
            {
                return $"Port {taken.Port}, wanted by {taken.Owner}, is already in use{(holder is null ? "" : $" by {holder}")}. Stop that, or choose another port: Ports__… in the README's settings.";
            }

            if (!said)
            {
                Console.WriteLine($"An earlier run is still stopping ({holder ?? $"port {taken.Port}"}), waiting for it.");
                said = true;
            }

            Thread.Sleep(200);
        }
    }

    private static bool IsTaken(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As Kestrel and PostgreSQL do: connections that merely linger after a restart are no obstacle.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    // proc(5): net/tcp names the socket's inode, fd/ the socket's owner.
    private static string? HolderOf(int port)
    {
        const string listening = "0A";
        var sockets = Tables.Where(File.Exists).SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > 9 && columns[3] == listening && columns[1].EndsWith($":{port:X4}", StringComparison.Ordinal))
            .Select(columns => $"socket:[{columns[9]}]").ToHashSet(StringComparer.Ordinal);
        var holder = sockets.Count == 0
            ? null
            : Directory.EnumerateDirectories("/proc").FirstOrDefault(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _) && Holds(folder, sockets));
        return holder is null ? null : $"{CommandOf(holder)}, pid {Path.GetFileName(holder)}";
    }

    private static bool Holds(string folder, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"{folder}/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or somebody else's.
            return false;
        }
    }

    private static string CommandOf(string folder)
    {
        try
        {
            var command = File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ').Trim();
            return command.Length > 80 ? $"{command[..80]}…" : command;
        }
        catch (IOException)
        {
            return "a process that just ended";
        }
    }
}
