using Slipway.Contracts;

namespace Slipway.Web.Forms;

/// <summary>An app's spec as it is being written in a form.</summary>
public sealed class AppDraft
{
    private const int DefaultPort = 8080;

    public string Name { get; set; } = "";

    public string Image { get; set; } = "";

    /// <summary>No port, and so no address.</summary>
    public bool Worker { get; set; }

    public int? Port { get; set; } = DefaultPort;

    public int? Replicas { get; set; } = 1;

    public decimal? Cpu { get; set; } = Resources.Default.Cpu;

    public int? MemoryMiB { get; set; } = Resources.Default.MemoryMiB;

    /// <summary>One string per line; empty lines are none.</summary>
    public string Command { get; set; } = "";

    /// <summary>One string per line; empty lines are none.</summary>
    public string Arguments { get; set; } = "";

    public string HealthPath { get; set; } = "";

    /// <summary>Where it shows metrics of its own; null: it shows none.</summary>
    public int? MetricsPort { get; set; }

    /// <summary>Empty: the usual one.</summary>
    public string MetricsPath { get; set; } = "";

    public List<VariableDraft> Variables { get; } = [];

    public static AppDraft From(AppSpecView spec)
    {
        var draft = new AppDraft
        {
            Image = spec.Image,
            Worker = spec.Port is null,
            Port = spec.Port ?? DefaultPort,
            Replicas = spec.Replicas,
            Cpu = spec.Resources.Cpu,
            MemoryMiB = spec.Resources.MemoryMiB,
            Command = Text(spec.Command),
            Arguments = Text(spec.Arguments),
            HealthPath = spec.HealthPath ?? "",
            MetricsPort = spec.Metrics?.Port,
            MetricsPath = spec.Metrics?.Path ?? "",
        };
        draft.Variables.AddRange(spec.Environment.Select(name => new VariableDraft { Name = name, Stored = true }));
        return draft;
    }

    public CreateApp ToCreate() => new()
    {
        Name = Name.Trim(),
        Image = Image.Trim(),
        Port = WantedPort,
        Replicas = Replicas ?? 0,
        Resources = WantedResources,
        Command = Strings(Command),
        Arguments = Strings(Arguments),
        HealthPath = WantedHealthPath,
        Metrics = WantedMetrics,
        // Named twice is said by the form; here the last one stands.
        Environment = Variables.Where(v => v.Name.Length > 0 || v.Value.Length > 0)
            .GroupBy(v => v.Name.Trim()).ToDictionary(g => g.Key, g => g.Last().Value),
    };

    /// <summary>Only what differs from <paramref name="current"/>, so that what somebody else changed meanwhile stays; null where nothing does.</summary>
    public PatchApp? ToPatch(AppSpecView current)
    {
        var was = From(current);
        var environment = new Dictionary<string, string?>();
        foreach (var variable in Variables)
        {
            if (variable is { Stored: true, Removed: true })
            {
                environment.TryAdd(variable.Name, null);
            }
            else if (variable.HasValue && (variable.Stored || variable.Name.Length > 0 || variable.Value.Length > 0))
            {
                environment[variable.Name.Trim()] = variable.Value;
            }
        }

        var patch = new PatchApp
        {
            Image = Image.Trim() == current.Image ? null : Image.Trim(),
            Port = WantedPort == current.Port ? default : new Change<int?>(WantedPort),
            Replicas = Replicas == current.Replicas ? null : Replicas ?? 0,
            Resources = WantedResources == current.Resources ? null : WantedResources,
            // Compared as text: a string that the form cannot show line by line stays as it is until somebody changes it.
            Command = Command == was.Command ? null : Strings(Command),
            Arguments = Arguments == was.Arguments ? null : Strings(Arguments),
            HealthPath = WantedHealthPath == current.HealthPath ? default : new Change<string?>(WantedHealthPath),
            Metrics = WantedMetrics == current.Metrics ? default : new Change<AppMetrics?>(WantedMetrics),
            Environment = environment.Count == 0 ? null : environment,
        };
        return patch == new PatchApp() ? null : patch;
    }

    private int? WantedPort => Worker ? null : Port ?? 0;

    private string? WantedHealthPath => Worker || string.IsNullOrWhiteSpace(HealthPath) ? null : HealthPath.Trim();

    private AppMetrics? WantedMetrics => MetricsPort is { } port
        ? string.IsNullOrWhiteSpace(MetricsPath) ? new AppMetrics(port) : new AppMetrics(port, MetricsPath.Trim())
        : null;

    private Resources WantedResources => new(Cpu ?? 0, MemoryMiB ?? 0);

    private static string Text(IReadOnlyList<string> strings) => string.Join('\n', strings);

    private static string[] Strings(string text) => [.. text.ReplaceLineEndings("\n").Split('\n').Where(line => line.Length > 0)];
}

/// <summary>A row of the environment.</summary>
public sealed class VariableDraft
{
    public string Name { get; set; } = "";

    public string Value { get; set; } = "";

    /// <summary>The app has it already; its value is never shown.</summary>
    public bool Stored { get; init; }

    /// <summary>A stored one gets the new value.</summary>
    public bool Replaced { get; set; }

    /// <summary>A stored one goes away.</summary>
    public bool Removed { get; set; }

    /// <summary>Whether <see cref="Value"/> counts.</summary>
    public bool HasValue => !Removed && (!Stored || Replaced);

    /// <summary>Adds pasted variables to rows; a row of the same name gets the new value.</summary>
    public static void Paste(List<VariableDraft> rows, IEnumerable<KeyValuePair<string, string>> pasted)
    {
        rows.RemoveAll(v => v is { Stored: false, Name: "", Value: "" });
        foreach (var (name, value) in pasted)
        {
            var row = rows.Find(v => v.Name == name);
            if (row is null)
            {
                rows.Add(row = new VariableDraft { Name = name });
            }

            (row.Value, row.Replaced, row.Removed) = (value, true, false);
        }
    }
}
