using System.Text;
using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

/// <summary>What is changed or deleted by hand in the cluster is put back.</summary>
public sealed class DriftTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Whatever_is_changed_or_deleted_by_hand_is_put_back_and_the_timeline_says_so()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("drift");
        await user.Client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["COLOUR"] = "blue" } });
        var app = await AppIs(user.Client, project, "shop", AppState.Running);
        var image = TestEnvironment.Sample("sample-http:1");

        await PatchDeployment(project, $$$"""{"spec":{"template":{"spec":{"containers":[{"name":"app","image":"{{{TestEnvironment.Sample("sample-http:2")}}}"}]} } } }""");
        await Back(project, "the image", d => d.Spec.Template.Spec.Containers[0].Image == image);

        await PatchDeployment(project, """{"spec":{"replicas":3}}""");
        await Back(project, "the number of replicas", d => d.Spec.Replicas == 1);

        await PatchDeployment(project, $$$"""{"metadata":{"labels":{"{{{TestCluster.ManagedBy}}}":null,"{{{TestCluster.AppId}}}":null} } }""");
        await Back(project, "the labels", d => d.Metadata.Labels?.ContainsKey(TestCluster.ManagedBy) is true && d.Metadata.Labels.ContainsKey(TestCluster.AppId));

        await PatchDeployment(project, """{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"EXTRA","value":"1"}]}]}}}}""");
        await Back(project, "the environment", d => d.Spec.Template.Spec.Containers[0].Env?.Any(e => e.Name == "EXTRA") is not true);

        var uid = (await Cluster.Deployment(project, "shop"))!.Uid();
        await Cluster.Client.AppsV1.DeleteNamespacedDeploymentAsync("shop", project);
        await Back(project, "the Deployment", d => d.Uid() != uid);

        await TestCluster.DeleteService(project, "shop");
        await Wait.For("the Service to be back", _ => Cluster.Service(project, "shop"), service => service is not null);

        var secret = Assert.Single(await Cluster.Secrets(project, "shop"));
        await Cluster.Client.CoreV1.PatchNamespacedSecretAsync(new V1Patch("""{"data":{"COLOUR":"cmVk","MORE":"eA=="}}""", V1Patch.PatchType.MergePatch), secret.Name(), project);
        await Wait.For("the Secret's data to be back", async _ => (await Cluster.Secrets(project, "shop")).Single().Data,
            data => data.Count == 1 && Encoding.UTF8.GetString(data["COLOUR"]) == "blue");

        await Cluster.Client.CoreV1.DeleteNamespacedSecretAsync(secret.Name(), project);
        await Wait.For("the Secret to be back", _ => Cluster.Secrets(project, "shop"), secrets => secrets.Count == 1);

        app = await AppIs(user.Client, project, "shop", AppState.Running, release: 1);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until("the app to answer again", async cancel => (await http.GetAsync(app.Address, cancel)).IsSuccessStatusCode);
        await Wait.For("the repairs in the timeline", async cancel => (await user.Client.Events(project, "shop", new() { Limit = 500 }, cancel)).Items,
            entries => entries.Any(e => e.Kind is TimelineKind.Repaired));
    }

    [Fact]
    public async Task A_project_s_own_objects_are_put_back()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("drift");
        var client = Cluster.Client;
        var policy = await Wait.For("the network policy", async cancel => (await client.NetworkingV1.ListNamespacedNetworkPolicyAsync(project, cancellationToken: cancel)).Items.FirstOrDefault(),
            found => found is not null);
        await client.NetworkingV1.DeleteNamespacedNetworkPolicyAsync(policy!.Name(), project);
        await Wait.For("the network policy to be back", async cancel => (await client.NetworkingV1.ListNamespacedNetworkPolicyAsync(project, cancellationToken: cancel)).Items.FirstOrDefault(),
            found => found is not null && found.Uid() != policy!.Uid());
    }

    [Fact]
    public async Task What_others_add_on_top_stays()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("drift");
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        await PatchDeployment(project, """{"metadata":{"annotations":{"team.example.com/note":"ours"}}}""");
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2") });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        Assert.Equal("ours", (await Cluster.Deployment(project, "shop"))!.Metadata.Annotations["team.example.com/note"]);
    }

    private Task PatchDeployment(string project, string patch) =>
        Cluster.Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), "shop", project);

    private Task Back(string project, string what, Predicate<V1Deployment> back) =>
        Wait.For($"{what} to be put back", _ => Cluster.Deployment(project, "shop"), deployment => deployment is not null && back(deployment), TimeSpan.FromSeconds(60),
            deployment => deployment is null ? "no Deployment" : k8s.KubernetesJson.Serialize(deployment.Spec));
}
