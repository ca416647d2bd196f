using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Aspire.Hosting.ApplicationModel;
using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>The page's HTML. The browser's script only puts the same pieces in place again when they change.</summary>
sealed class DashboardPage(Orchestrator orchestrator, UsageSampler usage, TimeProvider time)
{
    /// <summary>Enough for a first look; the script fetches nothing twice and goes on from there.</summary>
    const int LinesAtFirst = 1_000;

    public string Render(string? selected, string? view)
    {
        var resource = orchestrator.Find(selected ?? "") ?? orchestrator.Resources.FirstOrDefault(r => r.CanBeControlled) ?? orchestrator.Resources[0];
        var environment = view is "environment";
        var lines = resource.Log.Lines(LinesAtFirst);
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{E(resource.Name)} · Slipway local run</title>
              <link rel="icon" href="/assets/icon.svg">
              <link rel="stylesheet" href="/assets/dashboard.css">
              <script src="/assets/dashboard.js" defer></script>
            </head>
            <body data-resource="{E(resource.Name)}" data-view="{(environment ? "environment" : "log")}">
              <header>
                <img src="/assets/icon.svg" alt="" width="28" height="28">
                <h1>Slipway <span>local run</span></h1>
                <nav aria-label="Pages"><a href="/" aria-current="page">Resources</a><a href="/traces">Traces</a></nav>
                <p id="summary" role="status">{Summary()}</p>
                {Portal()}
              </header>
              <main>
                <table id="resources">
                  <caption class="unseen">Resources</caption>
                  <thead><tr>
                    <th scope="col">Resource</th><th scope="col">State</th><th scope="col">Address</th><th scope="col" class="number">Uptime</th>
                    <th scope="col" class="number">Restarts</th><th scope="col" class="number">CPU</th><th scope="col" class="number">Memory</th>
                    <th scope="col" class="number">PID</th><th scope="col"><span class="unseen">Actions</span></th>
                  </tr></thead>
                  <tbody>{string.Concat(orchestrator.Resources.Select(Row))}</tbody>
                </table>
                <section id="detail" aria-label="Details of the selected resource">
                  <div class="bar">
                    <h2>{E(resource.Name)}</h2>
                    <nav aria-label="View">
                      <a href="?resource={E(resource.Name)}" data-view="log"{(environment ? "" : " aria-current=\"page\"")}>Console</a>
                      <a href="?resource={E(resource.Name)}&amp;view=environment" data-view="environment"{(environment ? " aria-current=\"page\"" : "")}>Environment</a>
                    </nav>
                    <div class="tools">
                      <input id="filter" type="search" placeholder="Filter lines" aria-label="Show only lines that contain this" autocomplete="off" spellcheck="false">
                      <span id="count" role="status"></span>
                      <label><input id="follow" type="checkbox" checked> Follow</label>
                      <a id="download" href="/resources/{E(resource.Name)}/log.txt" title="Download the log">Download</a>
                    </div>
                  </div>
                  <div id="log" role="log" aria-live="off" tabindex="0" aria-label="Console log" data-last="{(lines.Count > 0 ? lines[^1].Number : 0)}">{string.Concat(lines.Select(Line))}</div>
                  <div id="environment" tabindex="0">{Environment(resource)}</div>
                </section>
              </main>
              <noscript><p class="note">Without JavaScript this page shows the state at its loading only.</p></noscript>
            </body>
            </html>
            """;
    }

    /// <summary>One line of the table.</summary>
    public string Row(RunningResource resource)
    {
        var s = resource.Snapshot;
        usage.Sample().TryGetValue(s.Name, out var used);
        var (tone, label) = StateOf(s);
        return $"""
            <tr data-name="{E(s.Name)}"{(IsChild(resource.Resource) ? " class=\"child\"" : "")}>
            <th scope="row"><a href="?resource={E(s.Name)}">{E(s.Name)}</a><small>{E(s.Kind)}</small></th>
            <td class="state"><span class="dot {tone}"></span><b>{E(label)}</b>{(s.Reason is null ? "" : $"<small>{E(s.Reason)}</small>")}</td>
            <td class="address">{string.Join(" ", resource.Urls.Select(Link))}</td>
            <td class="number" data-label="up">{(s.StartedAt is { } since && s.State is ResourceState.Running ? $"<time data-since=\"{since.ToUnixTimeMilliseconds()}\">{Duration(time.GetUtcNow() - since)}</time>" : "")}</td>
            <td class="number{(s.Restarts > 0 ? " some" : "")}" data-label="restarts">{s.Restarts}</td>
            <td class="number" data-label="cpu">{(used?.Cores is { } cores ? (cores * 100).ToString(cores < 0.0995 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %" : "")}</td>
            <td class="number" data-label="memory">{(used is null ? "" : Bytes(used.MemoryBytes))}</td>
            <td class="number" data-label="pid">{s.Pid}</td>
            <td class="actions">{(resource.CanBeControlled ? Actions(s) : "")}</td>
            </tr>
            """;
    }

    /// <summary>How the whole is, in a few words.</summary>
    public string Summary()
    {
        var snapshots = orchestrator.Resources.Select(r => r.Snapshot).ToList();
        var ready = snapshots.Count(s => s.IsReady || s.State is ResourceState.Finished);
        var wrong = snapshots.Where(s => StateOf(s).Tone is "bad").Select(s => s.Name).ToList();
        var tone = wrong.Count > 0 ? "bad" : ready == snapshots.Count ? "good" : "busy";
        var text = ready == snapshots.Count ? "Everything is ready" : $"{ready} of {snapshots.Count} ready";
        return $"<span class=\"dot {tone}\"></span>{text}{(wrong.Count > 0 ? $", trouble with {E(string.Join(", ", wrong))}" : "")}";
    }

    /// <summary>The variables a resource is given, secrets hidden.</summary>
    public static string Environment(RunningResource resource)
    {
        if (resource.Environment.Count == 0)
        {
            return "<p class=\"note\">No variables are set for this resource.</p>";
        }

        var rows = new StringBuilder();
        foreach (var variable in resource.Environment)
        {
            rows.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{E(variable.Name)}</th><td{(variable.IsSecret ? " class=\"secret\"" : "")}>{E(variable.Shown)}</td></tr>");
        }

        return $"<table><caption class=\"unseen\">Environment variables</caption><tbody>{rows}</tbody></table>";
    }

    static string Line(LogLine line) =>
        $"<div class=\"line\" data-source=\"{line.Source.ToString().ToLowerInvariant()}\"><time data-at=\"{line.Time.ToUnixTimeMilliseconds()}\">{line.Time.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</time><span>{E(line.Text)}</span></div>";

    string Portal()
    {
        var external = orchestrator.Resources.Select(r => r.Resource)
            .SelectMany(r => r.Annotations.OfType<EndpointAnnotation>())
            .FirstOrDefault(e => e.IsExternal);
        return external is null ? "" : $"<a class=\"portal\" href=\"{external.UriScheme}://{RunValues.Host}:{external.AllocatedPort}\">Open the portal</a>";
    }

    static bool IsChild(IResource resource) => resource is IResourceWithParent || resource.Annotations.OfType<ParentAnnotation>().Any();

    static string Actions(ResourceSnapshot s)
    {
        var stopped = s.State is ResourceState.Stopped or ResourceState.Finished or ResourceState.Failed;
        return stopped
            ? Action(s.Name, "start", "Start", "M5 3l9 6-9 6z")
            : Action(s.Name, "restart", "Restart", "M14 4v4h-4M13.5 8A5.5 5.5 0 1 0 14 11") + Action(s.Name, "stop", "Stop", "M5 5h8v8H5z");
    }

    static string Action(string name, string action, string label, string path) =>
        $"<button type=\"button\" data-action=\"{action}\" aria-label=\"{label} {E(name)}\" title=\"{label}\"><svg viewBox=\"0 0 18 18\" aria-hidden=\"true\" class=\"{action}\"><path d=\"{path}\"/></svg></button>";

    static (string Tone, string Label) StateOf(ResourceSnapshot s) => (s.State, s.Health) switch
    {
        (ResourceState.Running, ResourceHealth.Healthy) => ("good", "Healthy"),
        (ResourceState.Running, ResourceHealth.Unhealthy) => ("warn", "Unhealthy"),
        (ResourceState.Running, ResourceHealth.Pending) => ("busy", "Starting"),
        (ResourceState.Running, _) => ("good", "Running"),
        (ResourceState.Restarting, _) => ("bad", "Restarting"),
        (ResourceState.Failed, _) => ("bad", "Failed"),
        (ResourceState.Waiting or ResourceState.Starting or ResourceState.Stopping, _) => ("busy", s.State.ToString()),
        _ => ("idle", s.State.ToString()),
    };

    static string Link(string url) => url.StartsWith("http", StringComparison.Ordinal)
        ? $"<a href=\"{E(url)}\">{E(url.Split("://")[1])}</a>"
        : $"<span>{E(url.Split("://")[1])}</span>";

    static string Duration(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{span.Seconds} s",
        { TotalHours: < 1 } => $"{span.Minutes} m {span.Seconds:00} s",
        { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes:00} m",
        _ => $"{span.Days} d {span.Hours} h",
    };

    static string Bytes(long bytes) => bytes < 1L << 30
        ? $"{bytes / (double)(1 << 20):0} MiB"
        : (bytes / (double)(1 << 30)).ToString("0.0", CultureInfo.InvariantCulture) + " GiB";

    static string E(string text) => HtmlEncoder.Default.Encode(text);
}
