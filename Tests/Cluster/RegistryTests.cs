using System.Net;
using System.Text;
using k8s;
using k8s.Models;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

/// <summary>Private images run in the projects that are signed in to their registry.</summary>
public sealed class RegistryTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_private_image_runs_once_the_project_is_signed_in_to_its_registry()
    {
        var registry = Own(await PrivateRegistry.Start("sample-http:1", "sample-http:2"));
        using var user = await Platform.NewUser();
        var project = await user.NewProject("private");
        await user.Client.CreateApp(project, Small("open"));
        await user.Client.CreateApp(project, Small("shop") with { Image = registry.Image("sample-http:1") });
        var refused = await AppIs(user.Client, project, "shop", AppState.Failed);
        Assert.Equal("Not allowed to fetch the image", refused.Status.Reason);
        Assert.Contains("sign the project in to the registry", refused.Status.Detail);

        await user.Client.PutRegistry(project, registry.Host, new() { Username = PrivateRegistry.Username, Password = "a wrong one" });
        await Wait.For("the image to be fetched again", _ => Cluster.Pods(project, "shop"), pods => pods.Any(Restarted), describe: pods => $"{pods.Count} pods");
        await AppIs(user.Client, project, "shop", AppState.Failed);

        var put = await user.Client.PutRegistry(project, registry.Host, new() { Username = PrivateRegistry.Username, Password = PrivateRegistry.Password });
        Assert.Equal((registry.Host, PrivateRegistry.Username, user.Email), (put.Host, put.Username, put.ChangedBy));
        var running = await AppIs(user.Client, project, "shop", AppState.Running, release: 1);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until("the app to answer", async cancel => (await http.GetAsync(running.Address, cancel)).IsSuccessStatusCode);
        Assert.Equal(2, (await user.Client.Events(project, "shop", new() { Limit = 500 })).Items
            .Count(e => e.Kind is TimelineKind.Restarted && e.Message.Contains(registry.Host, StringComparison.Ordinal) && e.Actor == user.Email));

        Assert.DoesNotContain((await user.Client.Events(project, "open", new() { Limit = 500 })).Items, e => e.Kind is TimelineKind.Restarted);

        await user.Client.DeleteRegistry(project, registry.Host);
        await Wait.For("the sign-in to be out of the cluster", cancel => Config(project, cancel), text => text == """{"auths":{}}""");
        Assert.Equal((AppState.Running, 1), ((await user.Client.App(project, "shop")).Status.State, (await user.Client.App(project, "shop")).Status.Ready));
        await user.Client.PatchApp(project, "shop", new() { Image = registry.Image("sample-http:2") });
        Assert.Equal("Not allowed to fetch the image", (await AppIs(user.Client, project, "shop", AppState.Degraded, release: 2)).Status.Reason);
    }

    [Fact]
    public async Task Another_project_cannot_use_a_sign_in()
    {
        var registry = Own(await PrivateRegistry.Start("sample-http:1"));
        using var user = await Platform.NewUser();
        var (signedIn, other) = (await user.NewProject("signed-in"), await user.NewProject("other"));
        await user.Client.PutRegistry(signedIn, registry.Host, new() { Username = PrivateRegistry.Username, Password = PrivateRegistry.Password });
        await user.Client.CreateApp(other, Small("shop") with { Image = registry.Image("sample-http:1") });
        Assert.Equal("Not allowed to fetch the image", (await AppIs(user.Client, other, "shop", AppState.Failed)).Status.Reason);
        await user.Client.CreateApp(signedIn, Small("shop") with { Image = registry.Image("sample-http:1") });
        await AppIs(user.Client, signedIn, "shop", AppState.Running);
    }

    [Fact]
    public async Task What_is_changed_by_hand_is_put_back()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("drift");
        await user.Client.PutRegistry(project, "ghcr.io", new() { Username = "me", Password = "secret" });
        var config = await Wait.For("the sign-in in the cluster", cancel => Config(project, cancel), text => text.Contains("ghcr.io", StringComparison.Ordinal));

        await Cluster.Client.CoreV1.PatchNamespacedSecretAsync(new V1Patch("""{"data":{".dockerconfigjson":"eyJhdXRocyI6e319"}}""", V1Patch.PatchType.MergePatch), "slipway-registries", project);
        await Wait.For("the Secret's data to be back", cancel => Config(project, cancel), text => text == config);
        await Cluster.Client.CoreV1.DeleteNamespacedSecretAsync("slipway-registries", project);
        await Wait.For("the Secret to be back", cancel => Config(project, cancel), text => text == config);
    }

    [Fact]
    public async Task What_a_registry_cannot_be_is_said_by_field_and_who_is_no_creator_has_none()
    {
        using var user = await Platform.NewUser();
        using var editor = await Platform.NewUser();
        using var stranger = await Platform.NewUser();
        var project = await user.NewProject("fields");
        await user.Client.PutCollaborator(project, editor.Email, new(Role.Editor));
        var good = new PutRegistry { Username = "me", Password = "secret" };
        foreach (var (host, request, field) in ((string, PutRegistry, string)[])
            [("registry", good, "registry"), ("https://ghcr.io", good, "registry"), ("ghcr.io", good with { Username = "a:b" }, "username"), ("ghcr.io", good with { Password = "" }, "password")])
        {
            using var answer = await user.SendJson(HttpMethod.Put, $"/api/projects/{project}/registries/{Uri.EscapeDataString(host)}", request);
            await answer.NamesField(field);
        }

        await editor.Client.PutRegistry(project, "ghcr.io", good).IsRefused(HttpStatusCode.Forbidden);
        await editor.Client.Registries(project).IsRefused(HttpStatusCode.Forbidden);
        await stranger.Client.PutRegistry(project, "ghcr.io", good).IsRefused(HttpStatusCode.NotFound);
        Assert.Equal(0, (await user.Client.Registries(project)).Total);

        await user.Client.PutRegistry(project, "INDEX.docker.io", good);
        await user.Client.PutRegistry(project, "docker.io", good with { Username = "you" });
        await user.Client.PutRegistry(project, "quay.io", good);
        Assert.Equal([("docker.io", "you"), ("quay.io", "me")], (await user.Client.Registries(project)).Items.Select(r => (r.Host, r.Username)));
        Assert.Equal("quay.io", Assert.Single((await user.Client.Registries(project, new() { Search = "QUAY" })).Items).Host);
        await Task.WhenAll(Enumerable.Range(0, RegistryRules.MostRegistries - 2).Select(i => user.Client.PutRegistry(project, $"r{i}.example.com", good)));
        await user.Client.PutRegistry(project, "one.too.many", good).IsRefused(HttpStatusCode.Conflict);
        await user.Client.PutRegistry(project, "quay.io", good);
        await user.Client.DeleteRegistry(project, "registry-1.docker.io");
        await user.Client.DeleteRegistry(project, "docker.io").IsRefused(HttpStatusCode.NotFound);
        var actions = (await user.Client.Audit(project, new() { Limit = 500 })).Items.Select(a => (a.Action, a.Object)).ToList();
        Assert.Contains(("registry.put", "quay.io"), actions);
        Assert.Contains(("registry.delete", "registry-1.docker.io"), actions);
    }

    // Empty while there is no such Secret.
    private async Task<string> Config(string project, CancellationToken cancel) =>
        (await Cluster.Client.CoreV1.ListNamespacedSecretAsync(project, fieldSelector: "metadata.name=slipway-registries", cancellationToken: cancel)).Items is [var secret]
            ? Encoding.UTF8.GetString(secret.Data[".dockerconfigjson"])
            : "";

    private static bool Restarted(V1Pod pod) => pod.Metadata.Annotations?.Keys.Any(k => k == "slipway.dev/restarted-at") is true;
}
