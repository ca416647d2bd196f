using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Reconciling;

/// <summary>What is left half done, by a crash or by somebody with kubectl, is completed or cleared away.</summary>
public sealed class RecoveryTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task What_was_created_just_before_a_crash_is_recognised_and_kept()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("crash");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["A"] = "1" } });
        await AppIs(user.Client, project, "shop", AppState.Running);
        var (deployment, service) = ((await Cluster.Deployment(project, "shop"))!.Uid(), (await Cluster.Service(project, "shop"))!.Uid());

        await Execute("DELETE FROM owned_objects o USING apps a, projects p WHERE a.id = o.owner_id AND p.id = a.project_id AND p.name = $1", project);
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2") });

        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        Assert.Equal((deployment, service), ((await Cluster.Deployment(project, "shop"))!.Uid(), (await Cluster.Service(project, "shop"))!.Uid()));
        await Has(project, [2]);
    }

    [Fact]
    public async Task What_was_created_just_before_a_crash_and_is_not_asked_for_any_more_is_taken_away()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("stray");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["A"] = "1" } });
        await AppIs(user.Client, project, "shop", AppState.Running);
        var secret = (await Cluster.Secrets(project, "shop")).Single();
        await Cluster.Client.CoreV1.CreateNamespacedSecretAsync(Like(secret, "shop-env-of-mine"), project);

        // As if the process had been killed after it had created this one, and before it could write that down.
        await Cluster.Client.CoreV1.CreateNamespacedSecretAsync(Like(secret, "shop-env-0"), project);

        await Wait.For("the stray Secret to be gone", async _ => (await Cluster.Secrets(project, "shop")).Select(s => s.Name()).Order().ToList(),
            names => names is ["shop-env-1", "shop-env-of-mine"]);

        static V1Secret Like(V1Secret secret, string name) =>
            new() { Metadata = new() { Name = name, Labels = secret.Metadata.Labels }, Data = secret.Data };
    }

    [Fact]
    public async Task Objects_whose_record_was_lost_in_a_crash_go_with_their_app()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("crash");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["A"] = "1" } });
        await AppIs(user.Client, project, "shop", AppState.Running);

        await Execute("DELETE FROM owned_objects o USING apps a, projects p WHERE a.id = o.owner_id AND p.id = a.project_id AND p.name = $1", project);
        await user.Client.DeleteApp(project, "shop");

        await AppIsGone(user.Client, project, "shop");
        Assert.Equal((0, 0, 0, 0), ((await Cluster.Deployments(project)).Count, (await Cluster.Services(project)).Count, (await Cluster.Secrets(project)).Count, (await Cluster.Pods(project)).Count));
    }

    [Fact]
    public async Task A_namespace_whose_project_was_never_completed_is_cleared_away()
    {
        var (name, id) = (Names.Project("half"), Guid.NewGuid());
        await Platform.Database();
        await Cluster.Client.CoreV1.CreateNamespaceAsync(new()
        {
            Metadata = new() { Name = name, Labels = new Dictionary<string, string> { [TestCluster.ManagedBy] = "slipway", ["slipway.dev/project-id"] = id.ToString() } },
        });

        await Execute("INSERT INTO projects (id, name, created_at, created_by) VALUES ($1, $2, now(), $1)", id, name);
        await Execute("INSERT INTO work_items (target, target_id, generation, due_at, attempts) VALUES ('Project', $1, 1, now(), 0)", id);

        await Cluster.NamespaceGone(name);
        var database = await Platform.Database();
        await Wait.Until("the project to be forgotten", async _ => await database.Scalar<long>("SELECT count(*) FROM projects WHERE id = $1", id) == 0);
    }

    [Fact]
    public async Task A_namespace_that_somebody_deletes_comes_back_with_all_its_apps()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("back");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["A"] = "1" } });
        await AppIs(user.Client, project, "shop", AppState.Running);
        var uid = (await Cluster.Namespace(project))!.Uid();

        await Cluster.Client.CoreV1.DeleteNamespaceAsync(project);

        await Wait.For("another namespace", _ => Cluster.Namespace(project), found => found is not null && found.Uid() != uid, TimeSpan.FromSeconds(120));
        await Wait.For("the app's Deployment", _ => Cluster.Deployment(project, "shop"), found => found is not null);
        await AppIs(user.Client, project, "shop", AppState.Running);
        await user.Client.DeleteApp(project, "shop");
        await AppIsGone(user.Client, project, "shop");
        await user.Client.DeleteProject(project);
        await Cluster.NamespaceGone(project);
    }

    [Fact]
    public async Task The_environments_of_earlier_releases_go_when_no_pod_needs_them_any_more()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("old");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["N"] = "1" } });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 1);

        // Two releases that never come up: the pods of the first one go on and may be started again.
        foreach (var n in (int[])[2, 3])
        {
            await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:nope"), Environment = new Dictionary<string, string?> { ["N"] = $"{n}" } });
            await Has(project, [.. Enumerable.Range(1, n)]);
        }

        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2"), Environment = new Dictionary<string, string?> { ["N"] = "4" } });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 4);
        await Has(project, [4]);
    }

    private Task Has(string project, int[] releases) => Wait.For($"the environments of the releases {string.Join(", ", releases)}",
        async _ => (await Cluster.Secrets(project, "shop")).Select(s => s.Name()).Order().ToList(), names => names.SequenceEqual(releases.Select(r => $"shop-env-{r}").Order()));

    private async Task Execute(string sql, params object[] values)
    {
        await using var command = (await Platform.Database()).Source.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
