using System.Globalization;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Tells the console what happens: a line for every change of state, the reason when something fails.</summary>
sealed class ConsoleReporter(TextWriter console, bool echoLogs)
{
    readonly Lock _lock = new();
    readonly bool _colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
    int _nameWidth = "apphost".Length;

    public void Watch(Orchestrator orchestrator)
    {
        _nameWidth = Math.Max(_nameWidth, orchestrator.Resources.Max(r => (int?)r.Name.Length) ?? 0);
        foreach (var resource in orchestrator.Resources)
        {
            resource.Changed += Report;
            if (echoLogs)
            {
                resource.Log.Echo = line =>
                {
                    if (line.Source is not LogSource.Engine)
                    {
                        Say(resource.Name, "| " + line.Text);
                    }
                };
            }
        }
    }

    public void Ready(IReadOnlyList<string> addresses, string dashboard)
    {
        var text = addresses.Count > 0 ? $"Ready: {string.Join(' ', addresses)}   (dashboard: {dashboard})" : $"Ready. Dashboard: {dashboard}";
        lock (_lock)
        {
            console.WriteLine();
            console.WriteLine($"  {Coloured(text, "1;32")}   Ctrl-C stops everything.");
            console.WriteLine();
        }
    }

    public void Say(string name, string text, string? colour = null)
    {
        lock (_lock)
        {
            console.WriteLine($"{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {name.PadRight(_nameWidth)}  {(colour is null ? text : Coloured(text, colour))}");
            console.Flush();
        }
    }

    void Report(ResourceSnapshot before, ResourceSnapshot after)
    {
        if (Describe(before, after) is not var (text, colour))
        {
            return;
        }

        Say(after.Name, text, colour);
        if (after.State is ResourceState.Restarting && !after.LastLines.SequenceEqual(before.LastLines))
        {
            foreach (var line in after.LastLines)
            {
                Say(after.Name, "  " + line);
            }
        }
    }

    static (string Text, string? Colour)? Describe(ResourceSnapshot before, ResourceSnapshot after)
    {
        var reason = after.Reason is null ? "" : ": " + after.Reason;
        if (after.State != before.State || (after.State is ResourceState.Waiting && after.Reason != before.Reason))
        {
            return after.State switch
            {
                ResourceState.Waiting => after.Reason is { } waitsFor ? (waitsFor, null) : null,
                ResourceState.Starting => null, // "running" follows at once
                ResourceState.Running when after.Health is ResourceHealth.None => ("running", "32"),
                ResourceState.Running => ($"running, pid {after.Pid}", null),
                ResourceState.Restarting => (after.Reason ?? "crashed", "31"),
                ResourceState.Failed => ("failed" + reason, "31"),
                ResourceState.Stopping => null, // "stopped" says how it ended
                _ => (after.State.ToString().ToLowerInvariant(), null),
            };
        }

        if (after.State is ResourceState.Running && after.Health != before.Health)
        {
            return after.Health switch
            {
                ResourceHealth.Healthy => (before.Health is ResourceHealth.Unhealthy ? "healthy again" : $"healthy after {(DateTimeOffset.UtcNow - after.StartedAt)?.TotalSeconds:0.#} s", "32"),
                ResourceHealth.Unhealthy => ("unhealthy" + reason, "33"),
                _ => null,
            };
        }

        return null;
    }

    string Coloured(string text, string code) => _colours ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
