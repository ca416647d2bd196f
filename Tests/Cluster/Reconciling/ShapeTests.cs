using System.Text.Json;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Reconciling;

/// <summary>Server-side apply leaves behind what nobody is known to own: none of that may ever show.</summary>
public sealed partial class ShapeTests(Platform platform) : PlatformTest(platform)
{
    private static readonly Dictionary<string, string> Some = new() { ["A"] = "1", ["B"] = "$x" }, None = [];

    private static readonly CreateApp[] Shapes =
    [
        Small("web") with { HealthPath = "/healthz", Environment = Some, Replicas = 3, Command = ["/sample-http", "$HOME"], Arguments = ["a"] },
        Small("plain"),
        Small("worker", port: null) with { Environment = Some, Arguments = ["$(A)"], Replicas = 2 },
        Small("own-port") with { HealthPath = "/", Environment = new Dictionary<string, string> { ["PORT"] = "8080" }, Resources = new(0.05m, 64) },
    ];

    // Passes through every change from one of four shapes to another.
    private static readonly int[] Walk = [1, 0, 2, 0, 3, 1, 2, 1, 3, 2, 3, 0, 1];

    [Fact]
    public async Task An_app_that_had_many_shapes_is_the_same_as_one_that_was_made_so()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("shapes");
        var made = new List<string>();
        foreach (var shape in Shapes)
        {
            await user.Client.CreateApp(project, shape with { Stopped = true });
            made.Add(await Look(user.Client, project, shape.Name));
        }

        await user.Client.CreateApp(project, Shapes[0] with { Name = "changeling", Stopped = true });
        Assert.Equal(made[0], await Look(user.Client, project, "changeling"));
        var before = Shapes[0];
        foreach (var next in Walk)
        {
            var shape = Shapes[next];
            await user.Client.PatchApp(project, "changeling", new()
            {
                Port = new(shape.Port),
                HealthPath = new(shape.HealthPath),
                Replicas = shape.Replicas,
                Resources = shape.Resources,
                Command = shape.Command,
                Arguments = shape.Arguments,
                Environment = before.Environment.Keys.Except(shape.Environment.Keys).ToDictionary(k => k, _ => (string?)null)
                    .Concat(shape.Environment.Select(e => KeyValuePair.Create(e.Key, (string?)e.Value))).ToDictionary(),
            });
            Assert.Equal(made[next], await Look(user.Client, project, "changeling"));
            before = shape;
        }
    }

    /// <summary>All that the cluster has of the app, without what is the app's alone.</summary>
    private async Task<string> Look(SlipwayClient client, string project, string app)
    {
        var database = await Platform.Database();
        await Wait.Until($"the work on {app} to be done", async _ => await database.Scalar<long>(
            "SELECT count(*) FROM work_items w JOIN apps a ON a.id = w.target_id JOIN projects p ON p.id = a.project_id WHERE p.name = $1 AND a.name = $2", project, app) == 0);
        var deployment = (await Cluster.Deployment(project, app))!;
        var service = await Cluster.Service(project, app);
        foreach (var port in service?.Spec.Ports ?? [])
        {
            port.NodePort = null;
        }

        var seen = JsonSerializer.Serialize(new
        {
            Deployment = KubernetesJson.Serialize(deployment.Spec),
            Service = service is null ? "" : KubernetesJson.Serialize(new { service.Spec.Ports, service.Spec.Selector, service.Spec.Type }),
            Status = (await client.App(project, app)).Status.State,
        });
        return Release().Replace(seen.Replace(deployment.Metadata.Labels[TestCluster.AppId], "ID", StringComparison.Ordinal)
            .Replace($"\\u0022{app}\\u0022", "NAME", StringComparison.Ordinal).Replace($"\\u0022{app}-env-", "\\u0022NAME-env-", StringComparison.Ordinal), "N");
    }

    [GeneratedRegex(@"(?<=release\\u0022:\\u0022|-env-)\d+")]
    private static partial Regex Release();
}
