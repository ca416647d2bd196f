using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Apps;

/// <summary>What a request makes of a spec: pure functions.</summary>
public static class SpecChanges
{
    /// <summary>The spec of a new app.</summary>
    public static AppSpec From(CreateApp request) => new()
    {
        Image = request.Image,
        Port = request.Port,
        Replicas = request.Replicas,
        Resources = request.Resources,
        Command = request.Command,
        Arguments = request.Arguments,
        HealthPath = request.HealthPath,
        Metrics = request.Metrics,
        Variables = [.. request.Environment.Keys.Order(StringComparer.Ordinal)],
    };

    /// <summary>An environment with a patch applied.</summary>
    public static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string?>? patch)
    {
        var merged = new Dictionary<string, string>(environment);
        foreach (var (name, value) in patch ?? new Dictionary<string, string?>())
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value;
            }
        }

        return merged;
    }

    /// <summary>The patched app, as a request to create it would ask for it: so that the same rules check the whole.</summary>
    public static CreateApp Merge(string name, AppSpec spec, PatchApp patch, IReadOnlyDictionary<string, string> mergedEnvironment)
    {
        var port = patch.Port.Or(spec.Port);
        return new()
        {
            Name = name,
            Image = patch.Image ?? spec.Image,
            Port = port,
            Replicas = patch.Replicas ?? spec.Replicas,
            Resources = patch.Resources ?? spec.Resources,
            Command = patch.Command ?? spec.Command,
            Arguments = patch.Arguments ?? spec.Arguments,
            // An app that becomes a worker has no health path any more, unless the patch insists (and is told why that cannot be).
            HealthPath = patch.HealthPath.IsSet ? patch.HealthPath.Or(null) : port is null ? null : spec.HealthPath,
            Metrics = patch.Metrics.Or(spec.Metrics),
            Environment = mergedEnvironment,
        };
    }

    /// <summary>What differs between two specs, in words for the list of releases; null where nothing does.</summary>
    public static string? Describe(AppSpec before, AppSpec after, IReadOnlyDictionary<string, string> environmentBefore, IReadOnlyDictionary<string, string> environmentAfter)
    {
        var changes = new List<string>();
        Add(before.Image != after.Image, $"image {after.Image}");
        Add(before.Port != after.Port, after.Port is { } port ? $"port {port}" : "no port");
        Add(before.Replicas != after.Replicas, after.Replicas == 1 ? "1 replica" : $"{after.Replicas} replicas");
        Add(before.Resources.Cpu != after.Resources.Cpu, $"{after.Resources.Cpu:0.###} cores");
        Add(before.Resources.MemoryMiB != after.Resources.MemoryMiB, $"{after.Resources.MemoryMiB} MiB");
        Add(!before.Command.SequenceEqual(after.Command), "command");
        Add(!before.Arguments.SequenceEqual(after.Arguments), "arguments");
        Add(before.HealthPath != after.HealthPath, after.HealthPath is { } path ? $"health path {path}" : "no health path");
        Add(before.Metrics != after.Metrics, after.Metrics is { } metrics ? $"metrics on port {metrics.Port}" : "no metrics of its own");
        var names = environmentBefore.Keys.Union(environmentAfter.Keys)
            .Where(name => environmentBefore.GetValueOrDefault(name) != environmentAfter.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();
        Add(names.Count > 0, $"{(names.Count == 1 ? "variable" : "variables")} {string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")}");
        return changes.Count == 0 ? null : "Changed " + string.Join(", ", changes);

        void Add(bool differs, string words)
        {
            if (differs)
            {
                changes.Add(words);
            }
        }
    }
}
