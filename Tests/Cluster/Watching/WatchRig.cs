using System.Diagnostics.Metrics;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Watching;

/// <summary>The watchers without the rest of the API, on the real cluster, and something for them to see.</summary>
sealed class WatchRig : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ClusterWatchers watchers;
    private readonly WatchMetrics metrics;
    private readonly IOptions<ClusterOptions> options;
    private readonly CancellationTokenSource ended = new();

    public WatchRig(string? kubeConfig = null, int watchSeconds = 290)
    {
        options = Options.Create(new ClusterOptions { KubeConfig = kubeConfig ?? TestEnvironment.KubeConfig, WatchSeconds = watchSeconds });
        Connection = new ClusterConnection(options);
        State = new ClusterState(NullLogger<ClusterState>.Instance, TimeProvider.System);
        metrics = new WatchMetrics(services.GetRequiredService<IMeterFactory>(), Connection, State, TimeProvider.System);
        watchers = new ClusterWatchers(Connection, State, metrics, options, TimeProvider.System, NullLogger<ClusterWatchers>.Instance);
    }

    public ClusterConnection Connection { get; }

    public ClusterState State { get; }

    /// <summary>One more watcher, of ServiceAccounts, that believes it has seen everything up to this version.</summary>
    public KindWatcher<V1ServiceAccount> WatcherFrom(string version) => new(
        new WatchedKind<V1ServiceAccount>("ServiceAccount", _ => "api/v1/serviceaccounts", $"labelSelector={Uri.EscapeDataString(Labels.Selector)}", i => Sightings.Of(i)),
        Connection, State, metrics, options, TimeProvider.System, NullLogger.Instance)
    { Version = version };

    public Task Start() => watchers.StartAsync(ended.Token);

    public async Task Synced()
    {
        await Start();
        await State.WaitSynced(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The labels that make the watchers see an object.</summary>
    public static Dictionary<string, string> Label(Guid app, int release = 1) => new()
    {
        [Labels.ManagedBy] = Labels.ManagedByValue,
        [Labels.AppId] = app.ToString(),
        [Labels.Release] = release.ToString(),
    };

    /// <summary>A ServiceAccount: an object that nothing in the cluster reacts to slowly.</summary>
    public static V1ServiceAccount Account(string name, Guid app) => new() { Metadata = new() { Name = name, Labels = Label(app) } };

    /// <summary>An app of one small container.</summary>
    public static V1Deployment Deployment(string name, Guid app, string image, int release = 1, Action<V1Container>? with = null)
    {
        var container = new V1Container { Name = "app", Image = TestEnvironment.Sample(image), TerminationMessagePolicy = "FallbackToLogsOnError" };
        with?.Invoke(container);
        return new()
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new() { Name = name, Labels = Label(app) },
            Spec = new()
            {
                Replicas = 1,
                Selector = new() { MatchLabels = new Dictionary<string, string> { [Labels.AppId] = app.ToString() } },
                Template = new() { Metadata = new() { Labels = Label(app, release) }, Spec = new() { Containers = [container], TerminationGracePeriodSeconds = 1 } },
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await watchers.StopAsync(CancellationToken.None);
        watchers.Dispose();
        metrics.Dispose();
        Connection.Dispose();
        await services.DisposeAsync();
        ended.Dispose();
    }
}
