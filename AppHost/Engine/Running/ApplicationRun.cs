using System.Globalization;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Slipway.AppHost.Engine.Dashboard;
using Slipway.AppHost.Engine.Telemetry;

namespace Slipway.AppHost.Engine.Running;

/// <summary>One run from the checks before the start to the last process gone.</summary>
sealed class ApplicationRun(IReadOnlyList<IResource> model, IConfiguration configuration, string appHostDirectory, TextWriter console)
{
    const int UsualDashboardPort = 18888;

    /// <exception cref="DistributedApplicationException">It could not be started; nothing is left running.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var killing = new CancellationTokenSource();
        using var signals = new StopSignals(() => (stopping.IsCancellationRequested ? killing : stopping).Cancel());

        Preflight.Check(model, appHostDirectory);
        using var alone = LockState();
        Endpoints.Allocate(model);
        var dashboardPort = configuration.GetValue("Ports:Dashboard", UsualDashboardPort) is > 0 and var wanted ? wanted : Ports.Free();
        var reporter = new ConsoleReporter(console, echoLogs: configuration.GetValue("Console:Logs", defaultValue: false));
        try
        {
            await Preflight.CheckPortsAsync(PortsOf(dashboardPort), text => reporter.Say("apphost", text), stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        var receiver = new OtlpReceiver();
        var telemetry = new TelemetryTarget($"http://{RunValues.Host}:{dashboardPort}", OtlpReceiver.Protocol, $"{OtlpReceiver.KeyHeader}={receiver.Key}");
        await using var orchestrator = new Orchestrator(model, configuration, appHostDirectory, telemetry: telemetry);
        reporter.Watch(orchestrator);
        await using var dashboard = await DashboardServer.StartAsync(orchestrator, receiver, dashboardPort);
        reporter.Say("apphost", $"dashboard on {dashboard.Address}");
        await orchestrator.StartAsync();

        try
        {
            await orchestrator.WhenReadyAsync(stopping.Token);
            reporter.Ready(AddressesForPeople(), dashboard.Address);
            await Task.Delay(Timeout.Infinite, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            reporter.Say("apphost", "stopping everything (once more to kill it)");
        }

        await using var kill = killing.Token.Register(() => _ = orchestrator.KillAsync());
        await orchestrator.StopAsync();
        reporter.Say("apphost", "stopped");
    }

    IEnumerable<(string Owner, int Port)> PortsOf(int dashboardPort) => model
        .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>().Where(e => e.ClaimsPort).Select(e => (r.Name, e.AllocatedPort!.Value)))
        .Append(("the dashboard", dashboardPort));

    List<string> AddressesForPeople() =>
        [.. model.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()).Where(e => e.IsExternal).Select(e => $"{e.UriScheme}://{RunValues.Host}:{e.AllocatedPort}")];

    /// <summary>Two runs on the same data would destroy it.</summary>
    FileStream LockState()
    {
        var path = Path.Combine(Directory.CreateDirectory(StateFolder.Of(configuration)).FullName, "apphost.lock");
        try
        {
            // On Linux FileShare.None is flock(2): it ends with the process, however that ends.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return file;
        }
        catch (IOException e)
        {
            throw new DistributedApplicationException(
                $"Another AppHost already runs with {Path.GetDirectoryName(path)}. Stop it, or set SLIPWAY_HOME to another folder.", e);
        }
    }
}

/// <summary>The ways a person or a supervisor asks a process to end.</summary>
sealed class StopSignals : IDisposable
{
    readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals(Action onSignal)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                onSignal();
            }));
        }
    }

    public void Dispose() => _registrations.ForEach(r => r.Dispose());
}
