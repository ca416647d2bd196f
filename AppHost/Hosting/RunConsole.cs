using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Slipway.AppHost.Hosting;

/// <summary>Tells the console what happens: a line for every change of a resource's state, with the last lines of what crashed.</summary>
sealed partial class RunConsole(ResourceNotificationService resources, ResourceLoggerService logs, LocalMachine machine, IReadOnlyList<string> processes)
{
    private const int TailLines = 10;

    private readonly Lock gate = new();
    private readonly bool colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
    private readonly int nameWidth = processes.Append(Dashboard).Max(name => name.Length);
    private readonly Dictionary<string, (string? State, HealthStatus? Health)> known = new(StringComparer.Ordinal);
    private readonly DateTime begun = DateTime.UtcNow;
    private bool ready;

    // Aspire adds it to the model when the run begins; nobody waits for it.
    private const string Dashboard = "aspire-dashboard";

    /// <summary>What is started with the model, by name. What Aspire adds for its own commands, such as rebuilding a project, is not.</summary>
    public static IReadOnlyList<string> ProcessesOf(IEnumerable<IResource> model) =>
        [.. model.Where(r => (r is ExecutableResource or ProjectResource or ContainerResource) && !r.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _)).Select(r => r.Name)];

    /// <summary>Whether a resource is one of the model's processes, or the dashboard.</summary>
    public bool IsWatched(IResource resource) => processes.Contains(resource.Name) || resource.Name is Dashboard;

    public async Task Report(CancellationToken cancel)
    {
        Say("apphost", $"dashboard on {machine.DashboardLink}");
        await foreach (var change in resources.WatchAsync(cancel))
        {
            if (!IsWatched(change.Resource))
            {
                continue;
            }

            var now = (change.Snapshot.State?.Text, change.Snapshot.HealthStatus);
            var (state, health) = known.GetValueOrDefault(change.Resource.Name);
            known[change.Resource.Name] = now;
            if (Describe(change.Snapshot, state, health) is var (text, colour))
            {
                Say(change.Resource.Name, text, colour);
            }

            if (!ready && processes.All(name => known.GetValueOrDefault(name) is ("Running", HealthStatus.Healthy)))
            {
                ready = true;
                SayReady();
            }
        }
    }

    /// <summary>One line.</summary>
    public void Say(string name, string text, string? colour = null)
    {
        lock (gate)
        {
            Console.WriteLine($"{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {name.PadRight(nameWidth)}  {Coloured(text, colour)}");
        }
    }

    /// <summary>What a process wrote last.</summary>
    public async Task SayTail(IResource resource, string resourceId, CancellationToken cancel)
    {
        var lines = new Queue<string>();
        await foreach (var batch in logs.GetAllAsync(resourceId).WithCancellation(cancel))
        {
            foreach (var line in batch)
            {
                // What the orchestrator says of itself comes at the end, whenever it was said.
                if (Plain(line.Content) is var text && text.StartsWith("[sys]", StringComparison.Ordinal))
                {
                    continue;
                }

                lines.Enqueue(text);
                if (lines.Count > TailLines)
                {
                    lines.Dequeue();
                }
            }
        }

        foreach (var line in lines)
        {
            Say(resource.Name, $"  {line}");
        }
    }

    /// <summary>Every line that the processes write, for <c>Console:Logs=true</c>.</summary>
    public async Task EchoLogs(IResource resource, CancellationToken cancel)
    {
        await foreach (var batch in logs.WatchAsync(resource).WithCancellation(cancel))
        {
            foreach (var line in batch)
            {
                Say(resource.Name, $"| {Plain(line.Content)}");
            }
        }
    }

    private void SayReady()
    {
        lock (gate)
        {
            Console.WriteLine();
            Console.WriteLine($"  {Coloured($"Ready: {machine.PortalAddress}", "1;32")}   after {(DateTime.UtcNow - begun).TotalSeconds:0.#} s");
            Console.WriteLine($"  Dashboard: {machine.DashboardLink}");
            Console.WriteLine("  Ctrl-C stops everything.");
            Console.WriteLine();
        }
    }

    private (string Text, string? Colour)? Describe(CustomResourceSnapshot now, string? state, HealthStatus? health)
    {
        if (now.State?.Text != state)
        {
            return now.State?.Text switch
            {
                "Waiting" => ("waits for what it needs", null),
                "Running" => ("running", null),
                "FailedToStart" => ("could not be started", "31"),
                "RuntimeUnhealthy" => ("cannot be started: no container engine runs", "31"),
                "Stopping" => ("stopping", null),
                "Exited" or "Finished" => ($"ended with exit code {now.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}", null),
                _ => null,
            };
        }

        return now.State?.Text is "Running" && now.HealthStatus != health
            ? now.HealthStatus switch
            {
                HealthStatus.Healthy => ($"healthy, {(DateTime.UtcNow - (now.StartTimeStamp ?? begun)).TotalSeconds:0.#} s after its start", "32"),
                HealthStatus.Unhealthy when health is HealthStatus.Healthy => ("unhealthy", "33"),
                _ => null,
            }
            : null;
    }

    // Without the time of arrival and colours: the line has both of its own, if it wants.
    private static string Plain(string line) => Decoration().Replace(line, "");

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT[\d:.]+Z |\u001b\[[0-9;]*m", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Decoration();

    private string Coloured(string text, string? code) => colours && code is not null ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
