using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The steps of <c>./platform install</c> and <c>./platform uninstall</c> at a real cluster, in a namespace of their own.</summary>
public sealed class InstallTests : IAsyncLifetime
{
    private readonly InstallShell shell = new();
    private readonly string space = $"install-{Guid.NewGuid():N}"[..20];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await shell.Kubectl(CancellationToken.None, "delete", "namespace", space, "--ignore-not-found", "--wait=false");
        shell.Dispose();
    }

    [Theory]
    [InlineData("", "Say how the images get to the nodes")]
    [InlineData("--registry", "--registry needs a value.")]
    [InlineData("--nope", "does not know --nope")]
    [InlineData("--registry r", "Say where people open Slipway")]
    [InlineData("--registry https://r --url https://x", "without https://")]
    [InlineData("--registry r --import-into k0s --url https://x", "either --registry or --import-into")]
    [InlineData("--registry r --url https://x/path", "an address without a path")]
    [InlineData("--registry r --url https://x --node-ports h", "either --url or --node-ports")]
    [InlineData("--registry r --node-ports h:0", "from 1 to 65535")]
    [InlineData("--registry r --node-ports h --apps-domain d", "--apps-domain goes with --url")]
    [InlineData("--registry r --url https://x --data-dir here", "begins with a slash")]
    [InlineData("--registry r --url https://x --values /no/such/file", "cannot be read")]
    [InlineData("--registry r --url https://x --namespace Upper", "lower-case")]
    [InlineData("--registry r --url https://x --timeout soon", "a number of seconds")]
    public async Task A_wrong_option_is_refused_with_a_sentence(string options, string sentence)
    {
        var (code, output) = await shell.Platform(["install", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], Cancel);
        Assert.Equal(1, code);
        Assert.Contains(sentence, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_installation_keeps_the_secrets_and_removes_what_it_no_longer_has()
    {
        await Applied(Deployment("sample-http:1") + Setting("first") + Setting("second"));
        var secrets = await Secrets();
        await Applied(Deployment("sample-http:2") + Setting("second"));
        Assert.Equal(secrets, await Secrets());
        Assert.Equal("configmap/second", (await shell.Kubectl(Cancel, "-n", space, "get", "configmaps", "-l", "slipway.dev/installation", "-o", "name")).Trim());
        Assert.EndsWith("sample-http:2", (await shell.Kubectl(Cancel, "-n", space, "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")).Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_crashes_ends_the_wait_and_the_next_installation_is_not_held_up_by_it()
    {
        var (code, output) = await shell.Apply(space, Deployment("sample-crash:1"), Cancel);
        Assert.Equal(1, code);
        Assert.Contains("does not start: web", output, StringComparison.Ordinal);
        Assert.Contains("  | ", output, StringComparison.Ordinal);
        await Applied(Deployment("sample-http:1"));
    }

    [Fact]
    public async Task Uninstalling_keeps_the_secrets_and_what_others_have_in_the_namespace()
    {
        await Applied(Deployment("sample-http:1"));
        await shell.Kubectl(Cancel, "-n", space, "create", "configmap", "of-others");
        var secrets = await Secrets();
        var (refused, question) = await shell.Platform(["uninstall", "--namespace", space], Cancel);
        Assert.Equal(1, refused);
        Assert.Contains("Say --yes", question, StringComparison.Ordinal);

        var (code, output) = await shell.Platform(["uninstall", "--namespace", space, "--yes"], Cancel);
        Assert.True(code == 0, output);
        Assert.Contains("Apps go on running", output, StringComparison.Ordinal);
        Assert.Equal("", await shell.Kubectl(Cancel, "-n", space, "get", "deployments", "-o", "name"));
        await shell.Kubectl(Cancel, "-n", space, "get", "configmap", "of-others");
        Assert.Equal(secrets, await Secrets());
    }

    [Fact]
    public async Task Uninstalling_touches_nothing_where_nothing_was_installed()
    {
        var (code, output) = await shell.Platform(["uninstall", "--namespace", "default", "--with-data", "--yes"], Cancel);
        Assert.Equal(1, code);
        Assert.Contains("nothing is removed", output, StringComparison.Ordinal);
    }

    private async Task Applied(string manifests)
    {
        var (code, output) = await shell.Apply(space, manifests, Cancel);
        Assert.True(code == 0, output);
    }

    private Task<string> Secrets() => shell.Kubectl(Cancel, "-n", space, "get", "secret", "slipway-installation", "-o", "jsonpath={.data}");

    private static string Setting(string name) => $"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n";

    private static string Deployment(string image) => $$$$"""
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {component: web}}
          template:
            metadata: {labels: {component: web}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - {name: web, image: "{{{{TestEnvironment.Sample(image)}}}}", ports: [{containerPort: 8080}], readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}}

        """;
}
