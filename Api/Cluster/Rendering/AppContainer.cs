using k8s.Models;
using Slipway.Contracts;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>The container that runs an app's image.</summary>
public static class AppContainer
{
    /// <summary>The container's name in the pod.</summary>
    public const string Name = "app";

    // What ordinary images need that start as root and give that up (nginx, postgres): to own files, to change the user, to listen
    // below port 1024, to stop their children. All of them are allowed by the pod security standard "baseline".
    private static readonly string[] Capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

    internal static V1Container Render(RenderInput input)
    {
        var (spec, options) = (input.Spec, input.Settings.Options);
        return new V1Container
        {
            Name = Name,
            Image = spec.Image,
            ImagePullPolicy = options.AlwaysPullImages ? "Always" : PullPolicy(spec.Image),
            Command = Literal(spec.Command),
            Args = Literal(spec.Arguments),
            Ports = spec.Port is { } port ? [new V1ContainerPort { Name = "http", ContainerPort = port, Protocol = "TCP" }] : null,
            EnvFrom = input.Environment.Count == 0
                ? null
                : [new V1EnvFromSource { SecretRef = new V1SecretEnvSource { Name = EnvironmentSecret.Name(input.App, input.Release) } }],
            // What is named here wins over EnvFrom, so the app's own PORT must not be named.
            Env = spec.Port is { } listens && !input.Environment.ContainsKey("PORT")
                ? [new V1EnvVar { Name = "PORT", Value = listens.ToString() }]
                : null,
            Resources = Requirements(spec.Resources),
            ReadinessProbe = AppProbes.Readiness(spec),
            StartupProbe = AppProbes.Startup(spec, options),
            LivenessProbe = AppProbes.Liveness(spec),
            Lifecycle = Drain(input),
            // The last lines of the output of a container that failed become part of its status, where the app's reason is read from.
            TerminationMessagePolicy = "FallbackToLogsOnError",
            SecurityContext = new V1SecurityContext
            {
                AllowPrivilegeEscalation = false,
                Capabilities = new V1Capabilities { Drop = ["ALL"], Add = Capabilities },
            },
        };
    }

    /// <summary>
    /// Kubernetes replaces <c>$(NAME)</c> in commands and arguments, and makes <c>$</c> of <c>$$</c>: doubled, every <c>$</c> arrives as it is.
    /// </summary>
    private static string[]? Literal(IReadOnlyList<string> texts) =>
        texts.Count == 0 ? null : [.. texts.Select(t => t.Replace("$", "$$", StringComparison.Ordinal))];

    /// <summary>A tag that is meant to move is looked up at every start; that is Kubernetes' own default, made visible.</summary>
    private static string PullPolicy(string image)
    {
        if (image.Contains('@'))
        {
            return "IfNotPresent";
        }

        var name = image[(image.LastIndexOf('/') + 1)..];
        return name.Contains(':') && !name.EndsWith(":latest", StringComparison.Ordinal) ? "IfNotPresent" : "Always";
    }

    /// <summary>
    /// Limits as asked for. Requests, which set capacity aside, are a fraction: most apps idle most of the time, and a project's quota
    /// counts requests.
    /// </summary>
    private static V1ResourceRequirements Requirements(Resources resources)
    {
        var milliCpu = (int)(resources.Cpu * 1000);
        return new V1ResourceRequirements
        {
            Limits = Quantities(milliCpu, resources.MemoryMiB),
            Requests = Quantities(Math.Max(10, milliCpu / 20), Math.Max(8, resources.MemoryMiB / 4)),
        };
    }

    // As the API server writes them back.
    private static Dictionary<string, ResourceQuantity> Quantities(int milliCpu, int memoryMiB) => new()
    {
        ["cpu"] = new(milliCpu % 1000 == 0 ? $"{milliCpu / 1000}" : $"{milliCpu}m"),
        ["memory"] = new(memoryMiB % 1024 == 0 ? (memoryMiB % (1024 * 1024) == 0 ? $"{memoryMiB / 1024 / 1024}Ti" : $"{memoryMiB / 1024}Gi") : $"{memoryMiB}Mi"),
    };

    /// <summary>
    /// A pod that ends is taken off its Service at the same time as its process is asked to stop; the pause lets the former arrive
    /// everywhere first, so that no request meets a closed port. An image without <c>sleep</c> ends at once on clusters before 1.30.
    /// </summary>
    private static V1Lifecycle? Drain(RenderInput input)
    {
        var seconds = input.Settings.Options.DrainSeconds;
        if (input.Spec.Port is null || seconds == 0)
        {
            return null;
        }

        return new V1Lifecycle
        {
            PreStop = input.Settings.PreStopSleep
                ? new V1LifecycleHandler { Sleep = new V1SleepAction { Seconds = seconds } }
                : new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["sleep", seconds.ToString()] } },
        };
    }
}
