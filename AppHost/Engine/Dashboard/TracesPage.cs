using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Slipway.AppHost.Engine.Telemetry;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>The pages about traces: the latest, and one as a waterfall.</summary>
static class TracesPage
{
    public static string List(IReadOnlyList<Trace> traces)
    {
        var rows = new StringBuilder();
        foreach (var trace in traces.Where(t => !t.IsBackground))
        {
            var services = string.Join(", ", trace.Spans.Select(s => s.Service).Distinct().Order());
            rows.Append($"""
                <tr class="line"><th scope="row"><a href="/traces/{trace.Id}">{E(trace.Root.Name)}</a><small>{E(trace.Root.Service)}</small></th>
                <td>{(trace.Failed ? "<span class=\"dot bad\"></span>failed" : "")}</td>
                <td>{E(services)}</td><td class="number">{trace.Spans.Count}</td><td class="number">{Milliseconds(trace.Duration)}</td><td class="number">{Clock(trace.Start)}</td></tr>
                """);
        }

        var table = rows.Length == 0
            ? "<p class=\"note\">No traces yet. Each request to the portal or the API makes one.</p>"
            : $"""
               <table id="resources" class="traces"><caption class="unseen">Traces, newest first</caption>
               <thead><tr><th scope="col">Trace</th><th scope="col">Outcome</th><th scope="col">Services</th><th scope="col" class="number">Spans</th><th scope="col" class="number">Duration</th><th scope="col" class="number">Began</th></tr></thead>
               <tbody>{rows}</tbody></table>
               """;
        return Page("Traces", table, "traces");
    }

    public static string One(Trace trace)
    {
        var whole = Math.Max(1, (double)(trace.End - trace.Start));
        var rows = new StringBuilder();
        foreach (var (span, depth) in trace.InOrder())
        {
            var x = (span.Start - trace.Start) / whole * 100;
            var width = Math.Max(0.3, (span.End > span.Start ? span.End - span.Start : 0) / whole * 100);
            var attributes = string.Concat(span.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"<tr><th scope=\"row\">{E(a.Key)}</th><td>{E(a.Value)}</td></tr>"));
            rows.Append(CultureInfo.InvariantCulture, $"""
                <details class="span depth{Math.Min(depth, 12)}{(span.Failed ? " failed" : "")}"><summary>
                <span class="name">{E(span.Name)} <small>{E(span.Service)}{(span.Kind.Length > 0 ? " · " + span.Kind : "")} {E(Subject(span))}</small></span>
                <svg aria-hidden="true"><rect x="{x:0.###}%" width="{Math.Min(width, 100 - x):0.###}%" y="3" height="10" rx="2" class="service{ServiceColour(trace, span)}"/></svg>
                <span class="number">{Milliseconds(span.Duration)}</span></summary>
                {(span.StatusMessage.Length > 0 ? $"<p class=\"note\">{E(span.StatusMessage)}</p>" : "")}
                <table><tbody>{attributes}</tbody></table></details>
                """);
        }

        var facts = $"<p class=\"facts\">{Clock(trace.Start)} · {Milliseconds(trace.Duration)} · {trace.Spans.Count} span{(trace.Spans.Count == 1 ? "" : "s")} · <code>{trace.Id}</code></p>";
        return Page(trace.Root.Name, $"<h2>{E(trace.Root.Name)}</h2>{facts}<section id=\"waterfall\" aria-label=\"Spans\">{rows}</section>", "trace");
    }

    static string Page(string title, string content, string kind) => $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>{E(title)} · Slipway local run</title>
          <link rel="icon" href="/assets/icon.svg">
          <link rel="stylesheet" href="/assets/dashboard.css">
          {(kind is "traces" ? "<script src=\"/assets/traces.js\" defer></script>" : "")}
        </head>
        <body class="tracing">
          <header>
            <img src="/assets/icon.svg" alt="" width="28" height="28">
            <h1>Slipway <span>local run</span></h1>
            <nav aria-label="Pages"><a href="/">Resources</a><a href="/traces"{(kind is "traces" ? " aria-current=\"page\"" : "")}>Traces</a></nav>
          </header>
          <main>{content}</main>
        </body>
        </html>
        """;

    /// <summary>What the step was about, by OpenTelemetry's semantic conventions.</summary>
    static string Subject(Span span)
    {
        var text = Subjects.Select(key => span.Attributes.FirstOrDefault(a => a.Key == key).Value).FirstOrDefault(v => v is not null) ?? "";
        return text.Length > 160 ? text[..160] + "…" : text;
    }

    static readonly string[] Subjects = ["db.query.text", "db.statement", "url.full", "url.path"];

    static int ServiceColour(Trace trace, Span span) => trace.Spans.Select(s => s.Service).Distinct().Order().ToList().IndexOf(span.Service) % 4;

    static string Clock(ulong nanoseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(nanoseconds / 1_000_000)).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    static string Milliseconds(TimeSpan span) => span.TotalSeconds >= 10
        ? span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : span.TotalMilliseconds.ToString(span.TotalMilliseconds < 10 ? "0.00" : "0", CultureInfo.InvariantCulture) + " ms";

    static string E(string text) => HtmlEncoder.Default.Encode(text);
}
