using System.Diagnostics;
using System.Net;
using System.Text;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Slipway.Tests.Infrastructure;

/// <summary>The cluster, seen with the administrator's eyes and not with Slipway's.</summary>
sealed class TestCluster : IAsyncDisposable
{
    public const string ManagedBy = "app.kubernetes.io/managed-by", AppName = "app.kubernetes.io/name", AppId = "slipway.dev/app-id";

    public TestCluster() => Client = new(Configuration());

    public Kubernetes Client { get; }

    public static KubernetesClientConfiguration Configuration() =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(TestEnvironment.KubeConfig);

    /// <summary>A namespace that Slipway has nothing to do with.</summary>
    public Task<V1Namespace> NewForeignNamespace(string name) => Client.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = name } });

    /// <summary>The namespace, or null where there is none.</summary>
    public Task<V1Namespace?> Namespace(string name) => OrNull(Client.CoreV1.ReadNamespaceAsync(name));

    public Task<V1Deployment?> Deployment(string project, string name) => OrNull(Client.AppsV1.ReadNamespacedDeploymentAsync(name, project));

    public Task<V1Service?> Service(string project, string name) => OrNull(Client.CoreV1.ReadNamespacedServiceAsync(name, project));

    public async Task<IList<V1Deployment>> Deployments(string project, string? app = null) =>
        (await Client.AppsV1.ListNamespacedDeploymentAsync(project, labelSelector: Selector(app))).Items;

    public async Task<IList<V1Service>> Services(string project, string? app = null) =>
        (await Client.CoreV1.ListNamespacedServiceAsync(project, labelSelector: Selector(app))).Items;

    /// <summary>Secrets of apps; neither the project's own nor those that the cluster makes for service accounts.</summary>
    public async Task<IList<V1Secret>> Secrets(string project, string? app = null) =>
        (await Client.CoreV1.ListNamespacedSecretAsync(project, labelSelector: $"{Selector(app)},{AppName}")).Items;

    public async Task<IList<V1Pod>> Pods(string project, string? app = null) =>
        (await Client.CoreV1.ListNamespacedPodAsync(project, labelSelector: Selector(app))).Items;

    /// <summary>A pod of the app that is ready.</summary>
    public Task<V1Pod> ReadyPod(string project, string app) =>
        Wait.For($"a ready pod of {project}/{app}", async _ => (await Pods(project, app)).FirstOrDefault(IsReady),
            pod => pod is not null, describe: _ => "none is ready")!;

    public static bool IsReady(V1Pod pod) => pod.Metadata.DeletionTimestamp is null
        && pod.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) is true;

    /// <summary>Runs a command in the pod and returns what it wrote.</summary>
    public async Task<(int ExitCode, byte[] Output, string Errors)> Exec(V1Pod pod, params string[] command)
    {
        using var output = new MemoryStream();
        using var errors = new MemoryStream();
        var exitCode = await Client.NamespacedPodExecAsync(pod.Name(), pod.Namespace(), pod.Spec.Containers[0].Name, command, tty: false,
            (_, stdout, stderr) => Task.WhenAll(stdout.CopyToAsync(output), stderr.CopyToAsync(errors)), CancellationToken.None);
        return (exitCode, output.ToArray(), Encoding.UTF8.GetString(errors.ToArray()));
    }

    /// <summary>The environment of the pod's first process, as the kernel keeps it: byte for byte.</summary>
    public async Task<Dictionary<string, string>> EnvironmentOf(V1Pod pod)
    {
        var (exitCode, output, errors) = await Exec(pod, "cat", "/proc/1/environ");
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"The environment of {pod.Name()} cannot be read: {errors}");
        }

        return Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    /// <summary>Waits until the namespace is gone.</summary>
    public Task NamespaceGone(string name) =>
        Wait.Until($"the namespace {name} to be gone", async _ => await Namespace(name) is null, TimeSpan.FromSeconds(120));

    /// <summary>Deletes a Service; by kubectl, because servers before 1.23 answer with a kind that the typed client does not expect here.</summary>
    public static Task DeleteService(string project, string name) => Kubectl("delete", "service", name, "-n", project);

    /// <summary>Runs kubectl against the test cluster and returns what it prints.</summary>
    public static async Task<string> Kubectl(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = TestEnvironment.KubeConfig;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var kubectl = Process.Start(start)!;
        var output = kubectl.StandardOutput.ReadToEndAsync();
        var errors = kubectl.StandardError.ReadToEndAsync();
        await kubectl.WaitForExitAsync();
        return kubectl.ExitCode == 0 ? await output : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {await errors}");
    }

    /// <summary>Deletes every namespace of this run, also after failures.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var left in (await Client.CoreV1.ListNamespaceAsync()).Items.Where(n => n.Name().StartsWith(Names.Prefix, StringComparison.Ordinal)))
        {
            if (left.Metadata.DeletionTimestamp is null)
            {
                await OrNull(Client.CoreV1.DeleteNamespaceAsync(left.Name()));
            }
        }

        Client.Dispose();
    }

    /// <summary>What a read answers, or null where there is no such object.</summary>
    public static async Task<T?> OrNull<T>(Task<T> read)
        where T : class
    {
        try
        {
            return await read;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static string Selector(string? app) => $"{ManagedBy}=slipway" + (app is null ? "" : $",{AppName}={app}");
}
