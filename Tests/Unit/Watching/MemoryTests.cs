using System.Diagnostics;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Tests.Unit.Watching;

public sealed class MemoryTests
{
    private const string OwnProcess = "SLIPWAY_TEST_OWN_PROCESS";

    /// <summary>What is kept of apps with one pod each: measured at 5.2 MiB for all; the bound leaves room for other runtimes.</summary>
    [Fact]
    public async Task A_thousand_running_apps_take_less_than_24_MiB()
    {
        // What a heap holds can be told only where nobody else takes and gives back, so the test runs itself again, alone.
        if (Environment.GetEnvironmentVariable(OwnProcess) is null)
        {
            await RunAlone();
            return;
        }

        var used = MiBOfAThousand();
        TestContext.Current.TestOutputHelper?.WriteLine($"{used:0.0} MiB for 1000 apps");
        Assert.InRange(used, 1, 24);
    }

    private static double MiBOfAThousand()
    {
        var state = new ClusterState(NullLogger<ClusterState>.Instance, TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var apps = Enumerable.Range(0, 1000).Select(_ => Guid.NewGuid()).ToList();
        foreach (var (index, app) in apps.Index())
        {
            Fill(state, app, $"app-{index}");
            Assert.Single(state.Observe(app).Pods);
        }

        var used = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024;
        GC.KeepAlive(state);
        return used;
    }

    private static async Task RunAlone()
    {
        var test = $"{typeof(MemoryTests).FullName}.{nameof(A_thousand_running_apps_take_less_than_24_MiB)}";
        var start = new ProcessStartInfo("dotnet", [typeof(MemoryTests).Assembly.Location, "-noColor", "-showliveoutput", "-method", test])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { [OwnProcess] = "1" },
        };
        using var alone = Process.Start(start)!;
        var said = await alone.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await alone.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.True(alone.ExitCode == 0 && said.Contains("Total: 1,", StringComparison.Ordinal), said);
    }

    private static void Fill(ClusterState state, Guid app, string name)
    {
        var labels = new Dictionary<string, string>
        {
            [Labels.ManagedBy] = Labels.ManagedByValue,
            [Labels.AppId] = app.ToString(),
            [Labels.Release] = "1",
        };
        V1ObjectMeta Metadata(string suffix = "") => new()
        {
            Name = name + suffix,
            NamespaceProperty = "demo",
            Uid = Guid.NewGuid().ToString(),
            ResourceVersion = "123456",
            Labels = labels,
            CreationTimestamp = DateTime.UtcNow,
        };
        state.Set("Deployment", Sightings.OfDeployment(new V1Deployment
        {
            Metadata = Metadata(),
            Spec = new V1DeploymentSpec { Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = labels } } },
        }));
        state.Set("Service", Sightings.OfService(new V1Service { Metadata = Metadata(), Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] } }));
        state.Set("Secret", Sightings.Of(new V1Secret { Metadata = Metadata("-env-1"), Data = new Dictionary<string, byte[]> { ["BIG"] = new byte[32 * 1024] } }));
        state.Set("Pod", Sightings.OfPod(new V1Pod
        {
            Metadata = Metadata("-pod"),
            Spec = new V1PodSpec { NodeName = "node1", Containers = [new V1Container { Name = "app" }] },
            Status = new V1PodStatus
            {
                Phase = "Running",
                Conditions = [new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = DateTime.UtcNow }],
                ContainerStatuses = [new V1ContainerStatus { Name = "app", State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = DateTime.UtcNow } } }],
            },
        }));
        for (var i = 0; i < 3; i++)
        {
            state.Set("Event", Sightings.OfEvent(new Corev1Event
            {
                Metadata = Metadata($"-pod.{i}"),
                InvolvedObject = new V1ObjectReference { Kind = "Pod", Name = $"{name}-pod", NamespaceProperty = "demo" },
                Type = "Warning",
                Reason = "Unhealthy",
                Message = $"Readiness probe failed: Get \"http://10.244.0.{i}:8080/healthz\": dial tcp 10.244.0.5:8080: connect: connection refused",
                FirstTimestamp = DateTime.UtcNow,
                LastTimestamp = DateTime.UtcNow,
            })!);
        }
    }
}
