using Slipway.Contracts;

namespace Slipway.Web.Words;

/// <summary>What a release changed against the one before it.</summary>
static class ReleaseChanges
{
    /// <summary>One short text for each thing that changed; values of variables are never shown, so a new value alone is not seen here.</summary>
    public static IReadOnlyList<string> Say(AppSpecView before, AppSpecView after)
    {
        var changes = new List<string>();
        Add("image", before.Image, after.Image);
        Add("port", before.Port?.ToString() ?? "none", after.Port?.ToString() ?? "none");
        Add("replicas", before.Replicas.ToString(), after.Replicas.ToString());
        Add("CPU", Cores(before.Resources.Cpu), Cores(after.Resources.Cpu));
        Add("memory", $"{before.Resources.MemoryMiB} MiB", $"{after.Resources.MemoryMiB} MiB");
        Add("command", Line(before.Command), Line(after.Command));
        Add("arguments", Line(before.Arguments), Line(after.Arguments));
        Add("health path", before.HealthPath ?? "none", after.HealthPath ?? "none");
        Add("metrics", before.Metrics is { } old ? $":{old.Port}{old.Path}" : "none", after.Metrics is { } fresh ? $":{fresh.Port}{fresh.Path}" : "none");
        changes.AddRange(after.Environment.Except(before.Environment).Select(name => $"variable {name} added"));
        changes.AddRange(before.Environment.Except(after.Environment).Select(name => $"variable {name} removed"));
        return changes;

        void Add(string what, string was, string now)
        {
            if (was != now)
            {
                changes.Add($"{what} {was} → {now}");
            }
        }
    }

    public static string Cores(decimal cpu) => cpu == 1 ? "1 core" : $"{cpu:0.###} cores";

    private static string Line(IReadOnlyList<string> values) => values.Count == 0 ? "the image's own" : string.Join(' ', values);
}
