using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Slipway.AppHost.Engine.Running;

/// <summary>What to start: a program with arguments, where, with which variables, and how long it may take to stop.</summary>
sealed record ProcessSpec(
    string Program,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    TimeSpan StopGrace);

/// <summary>
/// A program under <c>supervise.sh</c>, which stops it when this process ends in whatever way. What it prints goes to
/// <paramref name="log"/> line by line.
/// </summary>
sealed class SupervisedProcess(LogBuffer log)
{
    /// <summary>Variables of the AppHost's own that would mislead a child: its addresses are said in the model, never inherited.</summary>
    static readonly string[] NotInherited =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "HTTP_PORTS", "HTTPS_PORTS", "URLS", "DOTNET_URLS", "DOTNET_LAUNCH_PROFILE",
        "ASPIRE_ALLOW_UNSECURED_TRANSPORT", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    /// <summary>A second more than the supervisor itself needs to end everything by force.</summary>
    static readonly TimeSpan SupervisorGrace = TimeSpan.FromSeconds(5);

    readonly TaskCompletionSource<int> _pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Process? _supervisor;

    /// <summary>The program's own pid; faulted when there never was one.</summary>
    public Task<int> Pid => _pid.Task;

    /// <summary>The exit code, 128 + signal when it died of one.</summary>
    public Task<int> Exited { get; private set; } = Task.FromResult(0);

    /// <exception cref="System.ComponentModel.Win32Exception">setsid or bash is missing.</exception>
    public void Start(ProcessSpec spec)
    {
        var start = new ProcessStartInfo("setsid")
        {
            ArgumentList =
            {
                "bash",
                Path.Combine(AppContext.BaseDirectory, "supervise.sh"),
                Math.Ceiling(spec.StopGrace.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                spec.Program,
            },
            WorkingDirectory = spec.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in spec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in NotInherited)
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        _supervisor = Process.Start(start)!;
        var output = ReadOutputAsync(_supervisor.StandardOutput);
        var errors = ReadLinesAsync(_supervisor.StandardError, isError: true);
        Exited = WatchAsync(_supervisor, Task.WhenAll(output, errors));
    }

    /// <summary>Tells the program to stop and returns when nothing of it is left.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_supervisor is null || Exited.IsCompleted)
        {
            return;
        }

        _ = Kill(_supervisor.Id, SigTerm);
        try
        {
            await Exited.WaitAsync(grace + SupervisorGrace);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Ends the program and everything it started at once.</summary>
    public async Task KillAsync()
    {
        if (_supervisor is not null && !Exited.IsCompleted)
        {
            _ = Kill(_supervisor.Id, SigKill);
            await Exited;
        }
    }

    async Task<int> WatchAsync(Process supervisor, Task reading)
    {
        await supervisor.WaitForExitAsync();
        if (supervisor.ExitCode == 128 + SigKill && _pid.Task is { IsCompletedSuccessfully: true, Result: var program })
        {
            // The supervisor itself was killed: its work is ours now.
            _ = Kill(-program, SigKill);
        }

        // A grandchild in a session of its own may hold the pipes open for as long as it likes.
        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1)));
        _pid.TrySetException(new InvalidOperationException("The program was never started."));
        _ = _pid.Task.Exception;
        return supervisor.ExitCode;
    }

    async Task ReadOutputAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync() is ['\u001e', .. var pid] && int.TryParse(pid, CultureInfo.InvariantCulture, out var number))
        {
            _pid.TrySetResult(number);
        }

        await ReadLinesAsync(reader, isError: false);
    }

    async Task ReadLinesAsync(StreamReader reader, bool isError)
    {
        var lines = new LineSplitter(line => log.Add(line, isError));
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var read and > 0)
        {
            lines.Add(buffer.AsSpan(0, read));
        }

        lines.Flush();
    }

    const int SigKill = 9;
    const int SigTerm = 15;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
