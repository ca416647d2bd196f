using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>How to run a resource that is a process.</summary>
/// <param name="Spec">Made anew for every start.</param>
/// <param name="Dependencies">Returns when it may start; reports what it waits for.</param>
/// <param name="Probes">All must pass for it to be healthy; none means it is ready once it runs.</param>
/// <param name="EndsWith">Exit codes that mean it did its work.</param>
sealed record ProcessPlan(
    Func<ProcessSpec> Spec,
    Func<Action<string>, CancellationToken, Task> Dependencies,
    IReadOnlyList<HealthProbe> Probes,
    IReadOnlySet<int> EndsWith,
    RestartPolicy Restart)
{
    public IReadOnlyList<EnvironmentVariable> Environment { get; init; } = [];

    public IReadOnlyList<string> Urls { get; init; } = [];
}

/// <summary>A resource that is a process: started when its turn comes, watched, and started again when it crashes.</summary>
sealed class RunningProcess(IResource resource, string kind, ProcessPlan plan, TimeProvider time) : RunningResource(resource, kind, time)
{
    const int LastLinesShown = 12;

    SupervisedProcess? _process;

    public override IReadOnlyList<EnvironmentVariable> Environment => plan.Environment;

    public override IReadOnlyList<string> Urls => plan.Urls;

    public override Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    protected override async Task RunAsync(CancellationToken stop)
    {
        for (var crashes = 0; ;)
        {
            Update(s => s with { State = ResourceState.Waiting, Health = ResourceHealth.None, Pid = null, Reason = null });
            await plan.Dependencies(waitsFor => Update(s => s with { Reason = waitsFor }), stop);

            var (code, ran, lastLines) = await RunOnceAsync(stop);
            if (plan.EndsWith.Contains(code))
            {
                Log.Add($"exited with code {code}", LogSource.Engine);
                Update(s => s with { State = ResourceState.Finished, Health = ResourceHealth.None, Pid = null, ExitCode = code, Reason = null });
                return;
            }

            crashes = ran >= plan.Restart.Stable ? 1 : crashes + 1;
            var delay = plan.Restart.DelayAfter(crashes, Random.Shared.NextDouble());
            var reason = $"{Describe(code)} after {ran.TotalSeconds:0.#} s; next try in {delay.TotalSeconds:0.#} s";
            Log.Add(reason, LogSource.Engine);
            Update(s => s with
            {
                State = ResourceState.Restarting,
                Health = ResourceHealth.None,
                Pid = null,
                ExitCode = code,
                Reason = reason,
                LastLines = lastLines,
            });
            await Task.Delay(delay, Time, stop);
            Update(s => s with { Restarts = s.Restarts + 1 });
        }
    }

    async Task<(int ExitCode, TimeSpan Ran, IReadOnlyList<string> LastLines)> RunOnceAsync(CancellationToken stop)
    {
        Update(s => s with { State = ResourceState.Starting, Reason = null });
        var spec = plan.Spec();
        var firstLine = Log.LastNumber;
        var started = Time.GetUtcNow();
        Log.Add($"starting {spec.Program} {string.Join(' ', spec.Arguments)}", LogSource.Engine);
        var process = _process = new SupervisedProcess(Log);
        process.Start(spec);
        await Task.WhenAny(process.Pid, process.Exited);
        Update(s => s with
        {
            State = ResourceState.Running,
            Health = plan.Probes.Count > 0 ? ResourceHealth.Pending : ResourceHealth.None,
            Pid = process.Pid.IsCompletedSuccessfully ? process.Pid.Result : null,
            StartedAt = started,
            ExitCode = null,
            LastLines = [],
        });

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var health = WatchHealthAsync(watching.Token);
        try
        {
            var code = await process.Exited.WaitAsync(stop);
            return (code, Time.GetUtcNow() - started, Log.Tail(LastLinesShown, firstLine));
        }
        catch (OperationCanceledException)
        {
            Update(s => s with { State = ResourceState.Stopping, Health = ResourceHealth.None, Reason = null });
            Log.Add("stopping", LogSource.Engine);
            await process.StopAsync(spec.StopGrace);
            Log.Add("stopped", LogSource.Engine);
            throw;
        }
        finally
        {
            await watching.CancelAsync();
            await health;
        }
    }

    async Task WatchHealthAsync(CancellationToken cancel)
    {
        var (failures, everHealthy) = (0, false);
        try
        {
            while (plan.Probes.Count > 0)
            {
                var problem = await FirstProblemAsync(cancel);
                failures = problem is null ? 0 : failures + 1;
                everHealthy |= problem is null;
                if (problem is null)
                {
                    Update(s => s with { Health = ResourceHealth.Healthy, Reason = null });
                }
                else if (everHealthy ? failures >= HealthProbe.FailuresToBelieve : failures > 0)
                {
                    Update(s => s with { Health = everHealthy ? ResourceHealth.Unhealthy : ResourceHealth.Pending, Reason = problem });
                }

                var pause = everHealthy ? problem is null ? HealthProbe.CalmInterval : HealthProbe.WorriedInterval : HealthProbe.StartingInterval;
                await Task.Delay(pause, Time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process ended or is being stopped: its state is said there.
        }
    }

    async Task<string?> FirstProblemAsync(CancellationToken cancel)
    {
        foreach (var probe in plan.Probes)
        {
            if (await probe.CheckAsync(cancel) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    static string Describe(int code) => code switch
    {
        126 => "could not be executed (exit code 126)",
        127 => "program not found (exit code 127)",
        > 128 and < 128 + 65 => $"killed by signal {code - 128}",
        _ => $"exited with code {code}",
    };
}
