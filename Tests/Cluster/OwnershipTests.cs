using System.Net;
using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

/// <summary>What Slipway did not create is never changed or deleted, even when a user picks its name.</summary>
public sealed class OwnershipTests(Platform platform) : PlatformTest(platform)
{
    [Theory]
    [InlineData("Deployment")]
    [InlineData("Service")]
    [InlineData("Secret")]
    public async Task An_object_that_somebody_else_made_stays_as_it_is_and_the_app_says_so(string kind)
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("foreign");
        var before = await MakeForeign(kind, project);

        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["A"] = "1" } });
        var failed = await Wait.For("the app to say that the name is taken", cancel => user.Client.App(project, "shop", cancel), app => app.Status.Reason is not null);
        Assert.Equal(AppState.Failed, failed.Status.State);
        Assert.Contains("taken", failed.Status.Reason);
        Assert.Contains(kind, failed.Status.Detail);
        Assert.Contains(before.Name, failed.Status.Detail);

        // Changing and deleting the app are tried, too.
        await user.Client.PatchApp(project, "shop", new() { Replicas = 2 });
        await user.Client.StopApp(project, "shop");
        Assert.Equal(before, await Look(kind, project));

        await user.Client.StartApp(project, "shop");
        await Delete(kind, project);
        await AppIs(user.Client, project, "shop", AppState.Running, deadline: TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task Deleting_an_app_leaves_the_objects_of_others_where_they_are()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("foreign");
        var before = await MakeForeign("Service", project);
        await user.Client.CreateApp(project, Small("shop"));
        await Wait.For("the app to say that the name is taken", cancel => user.Client.App(project, "shop", cancel), app => app.Status.Reason is not null);
        await user.Client.DeleteApp(project, "shop");
        await AppIsGone(user.Client, project, "shop");
        Assert.Equal(before, await Look("Service", project));
    }

    [Fact]
    public async Task A_label_alone_makes_nothing_Slipway_s()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("foreign");
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        var app = (await Cluster.Deployment(project, "shop"))!;
        foreach (var owner in (string[])[Guid.NewGuid().ToString(), "nonsense"])
        {
            await Cluster.Client.CoreV1.CreateNamespacedConfigMapAsync(new() { Metadata = Labelled($"map-{Names.Next()}", owner) }, project);
            await Cluster.Client.CoreV1.CreateNamespacedSecretAsync(new() { Metadata = Labelled($"secret-{Names.Next()}", owner) }, project);
        }

        await user.Client.PatchApp(project, "shop", new() { Replicas = 2 });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        await user.Client.DeleteApp(project, "shop");
        await AppIsGone(user.Client, project, "shop");
        Assert.Equal(2, (await Cluster.Client.CoreV1.ListNamespacedConfigMapAsync(project, labelSelector: $"{TestCluster.ManagedBy}=slipway")).Items.Count);
        Assert.Equal(2, (await Cluster.Secrets(project)).Count);

        V1ObjectMeta Labelled(string name, string owner) => new()
        {
            Name = name,
            Labels = new Dictionary<string, string>(app.Metadata.Labels) { [TestCluster.AppId] = owner },
        };
    }

    [Fact]
    public async Task A_namespace_that_somebody_else_put_in_a_project_s_place_is_not_deleted_with_the_project()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("foreign");
        // While Slipway runs it puts the namespace back, often before anybody else can take the name.
        await api.KillHard();
        await Cluster.Client.CoreV1.DeleteNamespaceAsync(project);
        V1Namespace? other = null;
        await Wait.Until($"the name {project} to be free in the cluster", async _ =>
        {
            try
            {
                other = await Cluster.NewForeignNamespace(project);
                return true;
            }
            catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(120));
        await api.Restart();
        await api.Ready();
        await user.Client.DeleteProject(project);
        await Wait.For("the project's row to be gone", _ => database.Scalar<long>("SELECT count(*) FROM projects WHERE name = $1", project),
            rows => rows == 0);
        var after = await Cluster.Namespace(project);
        Assert.Equal((other!.Uid(), "Active"), (after?.Uid(), after?.Status.Phase));
        Assert.DoesNotContain(TestCluster.ManagedBy, after!.Metadata.Labels?.Keys ?? []);
    }

    private async Task<Seen> MakeForeign(string kind, string project)
    {
        var labels = new Dictionary<string, string> { ["somebody"] = "else" };
        switch (kind)
        {
            case "Deployment":
                await Cluster.Client.AppsV1.CreateNamespacedDeploymentAsync(new()
                {
                    Metadata = new() { Name = "shop" },
                    Spec = new()
                    {
                        Replicas = 0,
                        Selector = new() { MatchLabels = labels },
                        Template = new() { Metadata = new() { Labels = labels }, Spec = new() { Containers = [new() { Name = "c", Image = "foreign:1" }] } },
                    },
                }, project);
                await Wait.Until("the foreign Deployment to be observed", async _ =>
                    (await Cluster.Deployment(project, "shop"))!.Status.Conditions?.Count == 2);
                break;
            case "Service":
                await Cluster.Client.CoreV1.CreateNamespacedServiceAsync(new() { Metadata = new() { Name = "shop" }, Spec = new() { Ports = [new() { Port = 99 }] } }, project);
                break;
            default:
                await Cluster.Client.CoreV1.CreateNamespacedSecretAsync(new() { Metadata = new() { Name = "shop-env-1" }, StringData = labels }, project);
                break;
        }

        return await Look(kind, project);
    }

    private async Task<Seen> Look(string kind, string project)
    {
        var metadata = kind switch
        {
            "Deployment" => (await Cluster.Deployment(project, "shop"))!.Metadata,
            "Service" => (await Cluster.Service(project, "shop"))!.Metadata,
            _ => (await Cluster.Client.CoreV1.ReadNamespacedSecretAsync("shop-env-1", project)).Metadata,
        };
        return new(metadata.Name, metadata.Uid, metadata.ResourceVersion);
    }

    private Task Delete(string kind, string project) => kind switch
    {
        "Deployment" => Cluster.Client.AppsV1.DeleteNamespacedDeploymentAsync("shop", project),
        "Service" => TestCluster.DeleteService(project, "shop"),
        _ => Cluster.Client.CoreV1.DeleteNamespacedSecretAsync("shop-env-1", project),
    };

    private sealed record Seen(string Name, string Uid, string ResourceVersion);
}
