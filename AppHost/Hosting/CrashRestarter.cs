using System.Collections.Concurrent;

namespace Slipway.AppHost.Hosting;

/// <summary>
/// Starts again what has ended without being told to, with growing pauses. The orchestrator restarts nothing: what crashed stays
/// <c>Finished</c>, and what waits for it waits for ever. What is stopped from the dashboard passes through <c>Stopping</c> and stays stopped.
/// </summary>
sealed class CrashRestarter(ResourceNotificationService resources, ResourceCommandService commands, RunConsole console, TimeProvider time)
{
    private readonly RestartPolicy policy = new();
    private readonly ConcurrentDictionary<string, int> crashes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> states = new(StringComparer.Ordinal);

    public async Task Run(CancellationToken cancel)
    {
        await foreach (var change in resources.WatchAsync(cancel))
        {
            if (!console.IsWatched(change.Resource))
            {
                continue;
            }

            var before = states.GetValueOrDefault(change.ResourceId);
            var now = change.Snapshot.State?.Text;
            states[change.ResourceId] = now;
            if (now == before || now is not ("Finished" or "Exited" or "FailedToStart") || before is "Stopping" || cancel.IsCancellationRequested)
            {
                continue;
            }

            if (change.Resource.Name is "cluster" && change.Snapshot.ExitCode == LocalParts.StoppedOnPurpose)
            {
                console.Say(change.Resource.Name, "was stopped by somebody; start it again from the dashboard");
                continue;
            }

            _ = StartAgain(change.Resource, change.ResourceId, change.Snapshot, cancel);
        }
    }

    private async Task StartAgain(IResource resource, string resourceId, CustomResourceSnapshot snapshot, CancellationToken cancel)
    {
        try
        {
            var ran = snapshot.StartTimeStamp is { } start ? time.GetUtcNow() - new DateTimeOffset(start.ToUniversalTime()) : TimeSpan.Zero;
            var count = crashes.AddOrUpdate(resource.Name, 1, (_, before) => ran >= policy.Stable ? 1 : before + 1);
            var pause = policy.DelayAfter(count, Random.Shared.NextDouble());
            console.Say(resource.Name, $"crashed, is started again in {pause.TotalSeconds:0.#} s; its log ends with:", "31");
            await console.SayTail(resource, resourceId, cancel);
            await Task.Delay(pause, time, cancel);
            var result = await commands.ExecuteCommandAsync(resourceId, KnownResourceCommands.StartCommand, cancel);
            if (!result.Success)
            {
                console.Say(resource.Name, $"could not be started again: {result.Message}", "31");
            }
        }
        catch (OperationCanceledException)
        {
            // Everything is being stopped.
        }
    }
}
