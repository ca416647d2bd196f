using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Slipway.Tests.Infrastructure;

/// <summary>A real process with its console kept, which never outlives the test run.</summary>
sealed class ChildProcess : IAsyncDisposable
{
    // The shell becomes the program (same pid). Beside it waits a reader of a pipe that only this run holds open: when the run is killed,
    // the pipe ends and the program with it. It checks that the program is still its parent, so a reused pid is never hit.
    private const string Guard = """
        exec 3<&0
        ( cat <&3 >/dev/null; read -r _ _ _ parent _ < /proc/$BASHPID/stat; [ "$parent" = $$ ] && kill -9 $$ ) >/dev/null 2>&1 &
        exec "$@" 3<&- </dev/null
        """;

    private readonly Process process;
    private readonly string name;
    private readonly StringBuilder log;
    private bool disposed;

    private ChildProcess(string name, Process process, StringBuilder log)
    {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Everything it wrote so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB => ResidentMiBOf(Id);

    /// <summary>Resident memory of any process in MiB.</summary>
    public static double ResidentMiBOf(int id) => File.ReadLines($"/proc/{id}/status").Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024.0).Single();

    /// <param name="log">Continues an earlier process's log.</param>
    /// <param name="workingDirectory">Where it finds its settings and static files.</param>
    public static ChildProcess Start(
        string name, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment, StringBuilder? log = null, string? workingDirectory = null)
    {
        // A signal that the tests' own starter ignores (nohup, a job in the background) would be ignored by every child too.
        var start = new ProcessStartInfo("/usr/bin/env")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Settings are read from the working directory.
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach (var argument in (string[])["--default-signal", "/bin/bash", "-c", Guard, name, .. command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var started = new Process { StartInfo = start };
        var child = new ChildProcess(name, started, log ?? new StringBuilder());
        started.OutputDataReceived += (_, line) => child.Append(line.Data);
        started.ErrorDataReceived += (_, line) => child.Append(line.Data);
        started.Start();
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return child;
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until <paramref name="address"/> answers 2xx; a process that ends before that fails with its last lines.</summary>
    public async Task WaitFor(Uri address, TimeSpan deadline)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until($"{name} to answer at {address}; its log ends with:\n{Tail(30)}", async cancel =>
        {
            if (HasExited)
            {
                throw new InvalidOperationException($"{name} ended with exit code {process.ExitCode}:\n{Tail(60)}");
            }

            using var answer = await http.GetAsync(address, cancel);
            return answer.IsSuccessStatusCode;
        }, deadline);
    }

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines) => string.Join('\n', Log.Split('\n').TakeLast(lines + 1));

    /// <summary>Kills it as a power cut would (SIGKILL), and returns when it is gone.</summary>
    public async Task KillHard()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to end (SIGTERM) and kills it after half a minute.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (!process.HasExited)
        {
            using (var terminate = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            {
                await terminate.WaitForExitAsync();
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillHard();
            }
        }

        process.Dispose();
    }

    private void Append(string? line)
    {
        if (line is not null)
        {
            lock (log)
            {
                log.Append(line).Append('\n');
            }
        }
    }
}
