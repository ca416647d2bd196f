using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Slipway.AppHost.Engine.Running;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>A small application run by the engine with real processes, in a state folder of its own.</summary>
sealed class TestRun : IAsyncDisposable
{
    static readonly RestartPolicy Impatient = new() { First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(1) };

    TestRun(Orchestrator orchestrator, string folder)
    {
        Orchestrator = orchestrator;
        Folder = folder;
    }

    public Orchestrator Orchestrator { get; }

    /// <summary>Removed afterwards.</summary>
    public string Folder { get; }

    public RunningResource this[string name] => Orchestrator.Find(name) ?? throw new InvalidOperationException($"no resource {name}");

    /// <summary>Describes an application and starts it.</summary>
    public static async Task<TestRun> Start(Action<IDistributedApplicationBuilder> describe, RestartPolicy? restart = null)
    {
        var folder = Directory.CreateTempSubdirectory("slipway-apphost-").FullName;
        var builder = NewBuilder(folder);
        describe(builder);
        var run = new TestRun(new Orchestrator(builder.Resources, builder.Configuration, builder.AppHostDirectory, restart ?? Impatient), folder);
        await run.Orchestrator.StartAsync();
        return run;
    }

    public static IDistributedApplicationBuilder NewBuilder(string folder) =>
        DistributedApplication.CreateBuilder(["--SLIPWAY_HOME", folder]);

    /// <summary>Waits until a resource is in this state.</summary>
    public async Task<ResourceSnapshot> Until(string name, Predicate<ResourceSnapshot> wanted, TimeSpan? deadline = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(deadline ?? Wait.Deadline);
        try
        {
            return await this[name].WaitUntilAsync(s => wanted(s), patience.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{name} did not get there. Last seen: {this[name].Snapshot}; its log ends with:\n{string.Join('\n', this[name].Log.Tail(20))}", e);
        }
    }

    public Task<ResourceSnapshot> Until(string name, ResourceState state) => Until(name, s => s.State == state);

    /// <summary>Waits until a resource has printed something, and returns its last line.</summary>
    public Task<string> Says(string name, Predicate<string> wanted) =>
        Wait.For($"{name} to say it", _ => Task.FromResult(this[name].Log.Tail(1).LastOrDefault("")), wanted);

    public async ValueTask DisposeAsync()
    {
        await Orchestrator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
