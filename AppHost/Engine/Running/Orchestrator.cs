using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Runs the resources of a model: starts them when what they wait for is ready, stops them in reverse order.</summary>
sealed class Orchestrator : IAsyncDisposable
{
    readonly Dictionary<IResource, RunningResource> _byResource;

    public Orchestrator(IReadOnlyList<IResource> model, IConfiguration configuration, string appHostDirectory, RestartPolicy? restart = null, TelemetryTarget? telemetry = null, TimeProvider? time = null)
    {
        Endpoints.Allocate(model);
        var launcher = new Launcher(configuration, appHostDirectory, telemetry);
        restart ??= new RestartPolicy();
        time ??= TimeProvider.System;

        _byResource = [];
        foreach (var resource in model)
        {
            RunningResource? running = resource switch
            {
                PostgresDatabaseResource database =>
                    new RunningDatabase(database, _byResource[database.Parent], () => Resolve(database.Parent.ConnectionStringExpression), time),
                _ when launcher.Plan(resource) is { } launch => new RunningProcess(resource, launch.Kind, PlanOf(resource, launch, model, restart), time),
                _ => null,
            };
            if (running is not null)
            {
                _byResource.Add(resource, running);
            }
        }

        Resources = [.. _byResource.Values];
    }

    /// <summary>In the order of the model.</summary>
    public IReadOnlyList<RunningResource> Resources { get; }

    public RunningResource? Find(string name) => Resources.FirstOrDefault(r => r.Name == name);

    /// <summary>Starts everything; each waits for its own dependencies.</summary>
    public Task StartAsync() => Task.WhenAll(Resources.Select(r => r.StartAsync()));

    /// <summary>Returns when every resource is ready or has done its work.</summary>
    public Task WhenReadyAsync(CancellationToken cancel) =>
        Task.WhenAll(Resources.Select(r => r.WaitUntilAsync(s => s.IsReady || s.State is ResourceState.Finished, cancel)));

    /// <summary>Stops everything, each resource after those that depend on it.</summary>
    public async Task StopAsync()
    {
        var stopping = new Dictionary<RunningResource, Task>();
        await Task.WhenAll(Resources.Select(Stop));

        Task Stop(RunningResource resource)
        {
            if (!stopping.TryGetValue(resource, out var task))
            {
                var dependents = Resources.Where(r => DependenciesOf(r.Resource).Contains(resource.Resource)).Select(Stop).ToList();
                stopping[resource] = task = After(dependents, resource);
            }

            return task;
        }

        static async Task After(List<Task> dependents, RunningResource resource)
        {
            await Task.WhenAll(dependents);
            await resource.StopAsync();
        }
    }

    /// <summary>Ends everything at once.</summary>
    public Task KillAsync() => Task.WhenAll(Resources.Select(r => r.KillAsync()));

    /// <summary>What a resource waits for, refers to or belongs to.</summary>
    public static IEnumerable<IResource> DependenciesOf(IResource resource)
    {
        foreach (var annotation in resource.Annotations)
        {
            switch (annotation)
            {
                case WaitAnnotation wait:
                    yield return wait.Resource;
                    break;
                case ConnectionStringReferenceAnnotation reference:
                    yield return reference.Source;
                    break;
                case ServiceReferenceAnnotation reference:
                    yield return reference.Service;
                    break;
                default:
                    break;
            }
        }

        if (resource is IResourceWithParent child)
        {
            yield return child.Parent;
        }
    }

    ProcessPlan PlanOf(IResource resource, Launch launch, IReadOnlyList<IResource> model, RestartPolicy restart)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().ToList();
        var expected = model.SelectMany(r => r.Annotations.OfType<WaitAnnotation>())
            .Where(w => w.Resource == resource && w.CompletedWith is not null)
            .Select(w => w.CompletedWith!.Value);
        return new(
            launch.Spec,
            (report, cancel) => WaitForAsync(waits, report, cancel),
            launch.Probes,
            new HashSet<int>([0, .. expected]),
            restart)
        {
            Environment = launch.Environment,
            Urls = launch.Urls,
        };
    }

    async Task WaitForAsync(List<WaitAnnotation> waits, Action<string> report, CancellationToken cancel)
    {
        var pending = waits.Where(w => _byResource.ContainsKey(w.Resource)).ToDictionary(w => w, w => WaitForAsync(w, cancel));
        while (true)
        {
            foreach (var (wait, done) in pending.Where(p => p.Value.IsCompleted).ToList())
            {
                await done;
                pending.Remove(wait);
            }

            if (pending.Count == 0)
            {
                return;
            }

            report("waiting for " + string.Join(", ", pending.Keys.Select(w => w.Resource.Name).Distinct()));
            await Task.WhenAny(pending.Values);
        }
    }

    async Task WaitForAsync(WaitAnnotation wait, CancellationToken cancel)
    {
        var dependency = _byResource[wait.Resource];
        var reached = await dependency.WaitUntilAsync(
            s => (wait.CompletedWith is null ? s.IsReady : s.State is ResourceState.Finished)
                || (wait.Behavior is WaitBehavior.StopOnResourceUnavailable && s.State is ResourceState.Failed or ResourceState.Finished or ResourceState.Restarting),
            cancel);
        if (wait.CompletedWith is null ? !reached.IsReady : reached.ExitCode != wait.CompletedWith)
        {
            throw new DistributedApplicationException(
                $"{dependency.Name} {(reached.ExitCode is { } code ? $"exited with code {code}" : "failed")}, so this is not started");
        }
    }

    static string Resolve(IValueProvider value) => value.Resolve(new RunValues());

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var resource in Resources)
        {
            await resource.DisposeAsync();
        }
    }
}

/// <summary>Ports of a run.</summary>
static class Endpoints
{
    /// <summary>Gives every endpoint its port: the one it asks for, or a free one.</summary>
    public static void Allocate(IReadOnlyList<IResource> model)
    {
        foreach (var endpoint in model.SelectMany(r => r.Annotations.OfType<EndpointAnnotation>()).Where(e => e.AllocatedPort is null))
        {
            endpoint.AllocatedPort = endpoint.Port is > 0 ? endpoint.Port : endpoint.TargetPort is > 0 ? endpoint.TargetPort : Ports.Free();
        }
    }
}
