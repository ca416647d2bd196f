using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Slipway.AppHost.Engine.Running;

/// <summary>A process that holds a port, as far as it can be told.</summary>
sealed record PortHolder(int Pid, string Command)
{
    public override string ToString() => $"{Command}, pid {Pid}";
}

/// <summary>Ports of this machine.</summary>
static class Ports
{
    static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A port nobody listens on just now.</summary>
    public static int Free()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>True when somebody listens on it, on 127.0.0.1 or on all addresses.</summary>
    public static bool InUse(int port)
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

    /// <summary>Who listens on a port, from /proc (proc(5): net/tcp names the socket's inode, fd/ the socket's owner).</summary>
    public static PortHolder? HolderOf(int port)
    {
        var inodes = new HashSet<string>();
        foreach (var table in Tables.Where(File.Exists))
        {
            foreach (var line in File.ReadLines(table).Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                const string listening = "0A";
                if (columns.Length > 9 && columns[3] == listening && columns[1].EndsWith($":{port:X4}", StringComparison.Ordinal))
                {
                    inodes.Add($"socket:[{columns[9]}]");
                }
            }
        }

        if (inodes.Count == 0)
        {
            return null;
        }

        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && Holds(folder, inodes))
            {
                return new(pid, CommandOf(folder));
            }
        }

        return null;
    }

    static bool Holds(string folder, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder + "/fd").Any(fd => new FileInfo(fd).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone meanwhile, or somebody else's
        }
    }

    static string CommandOf(string folder)
    {
        try
        {
            var command = File.ReadAllText(folder + "/cmdline").Replace('\0', ' ').Trim();
            return command.Length > 80 ? command[..80] + "…" : command;
        }
        catch (IOException)
        {
            return "a process that just ended";
        }
    }
}
