using System.Text.Json.Serialization;

namespace Slipway.Contracts;

/// <summary>What each replica of an app may use.</summary>
/// <param name="Cpu">Cores, in steps of a thousandth: 0.01 to 64.</param>
/// <param name="MemoryMiB">Mebibytes, 8 to 1,048,576. A container that uses more is killed.</param>
public sealed record Resources(decimal Cpu, int MemoryMiB)
{
    /// <summary>What an app gets that asks for nothing: half a core and 256 MiB.</summary>
    public static Resources Default { get; } = new(0.5m, 256);
}

/// <summary>Where each replica of an app shows metrics of its own, in the text format of Prometheus.</summary>
/// <param name="Port">The TCP port, 1 to 65535; it may be another than the app's.</param>
/// <param name="Path">Begins with <c>/</c>.</param>
public sealed record AppMetrics(int Port, string Path = "/metrics");

/// <summary>Deploys an image as a new app. What is left out takes its default.</summary>
public sealed record CreateApp
{
    /// <summary>See <see cref="NameRules.ExplainApp"/>; unique in its project.</summary>
    public required string Name { get; init; }

    /// <summary>The container image, as in <c>docker pull</c>: <c>nginx</c>, <c>ghcr.io/team/shop:1.4</c>, <c>…@sha256:…</c>.</summary>
    public required string Image { get; init; }

    /// <summary>The TCP port that the container listens on, 1 to 65535; null for a worker, which gets no address.</summary>
    public int? Port { get; init; }

    /// <summary>How many copies run, 1 to 100.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>What each replica may use.</summary>
    public Resources Resources { get; init; } = Resources.Default;

    /// <summary>Replaces the image's entry point; each string is passed as it is, with no shell and no <c>$(…)</c> expansion.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Replaces the image's arguments, passed as they are.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>A path that answers HTTP 2xx or 3xx when a replica is healthy; null: it is healthy when its port accepts connections.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Where the app shows metrics of its own, to be collected too; null: it shows none.</summary>
    public AppMetrics? Metrics { get; init; }

    /// <summary>Environment variables, byte for byte; stored encrypted and never shown again.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>True to make the app without starting it.</summary>
    public bool Stopped { get; init; }
}

/// <summary>Changes an app (a merge patch, RFC 7396): what is left out stays as it is. Every change is a new release.</summary>
public sealed record PatchApp
{
    /// <summary>See <see cref="CreateApp.Image"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Image { get; init; }

    /// <summary>See <see cref="CreateApp.Port"/>; null makes the app a worker.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Change<int?> Port { get; init; }

    /// <summary>See <see cref="CreateApp.Replicas"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Replicas { get; init; }

    /// <summary>See <see cref="CreateApp.Resources"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Resources? Resources { get; init; }

    /// <summary>See <see cref="CreateApp.Command"/>; an empty list goes back to the image's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>See <see cref="CreateApp.Arguments"/>; an empty list goes back to the image's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>See <see cref="CreateApp.HealthPath"/>; null removes it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Change<string?> HealthPath { get; init; }

    /// <summary>See <see cref="CreateApp.Metrics"/>; null removes it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Change<AppMetrics?> Metrics { get; init; }

    /// <summary>Variables to set; null removes one; one that is not named stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>Why, for the list of releases; at most 500 characters.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>An app's spec as it may be shown: the variables' names without their values.</summary>
public sealed record AppSpecView
{
    /// <summary>See <see cref="CreateApp.Image"/>.</summary>
    public required string Image { get; init; }

    /// <summary>See <see cref="CreateApp.Port"/>.</summary>
    public int? Port { get; init; }

    /// <summary>See <see cref="CreateApp.Replicas"/>.</summary>
    public required int Replicas { get; init; }

    /// <summary>See <see cref="CreateApp.Resources"/>.</summary>
    public required Resources Resources { get; init; }

    /// <summary>See <see cref="CreateApp.Command"/>.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>See <see cref="CreateApp.Arguments"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>See <see cref="CreateApp.HealthPath"/>.</summary>
    public string? HealthPath { get; init; }

    /// <summary>See <see cref="CreateApp.Metrics"/>.</summary>
    public AppMetrics? Metrics { get; init; }

    /// <summary>The names of the environment variables, sorted.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}

/// <summary>An app as it is wanted and as it is.</summary>
public sealed record AppView
{
    /// <summary>The project it is in.</summary>
    public required string Project { get; init; }

    /// <summary>Its name, unique in the project.</summary>
    public required string Name { get; init; }

    /// <summary>What the newest release asks for.</summary>
    public required AppSpecView Spec { get; init; }

    /// <summary>The newest release's number, from 1.</summary>
    public required int Release { get; init; }

    /// <summary>What the cluster shows of it now.</summary>
    public required AppStatus Status { get; init; }

    /// <summary>Where it answers; null for a worker, and until the cluster has given it an address.</summary>
    public string? Address { get; init; }

    /// <summary>How the other apps of its project reach it, such as <c>http://shop</c>; null for a worker.</summary>
    public string? InternalAddress { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its newest release was made.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
