using Aspire.Hosting;
using Slipway.AppHost.Engine.Running;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The engine starts, watches, restarts and stops real processes.</summary>
public sealed class ProcessTests
{
    const string WaitForever = "while :; do sleep 1000 & wait; done";

    [Fact]
    public async Task What_a_process_prints_is_its_log_without_colours()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("tool", "bash", ".", "-c", @"printf '\e[32mgreen\e[0m\r\nlast, without an end'; echo wrong >&2"));
        await run.Until("tool", ResourceState.Finished);
        Assert.Equivalent(new[] { "green", "last, without an end", "wrong" }, run["tool"].Log.Tail(10));
    }

    [Fact]
    public async Task A_crashed_process_is_started_again_and_says_why()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("server", "bash", ".", "-c",
            $"if [ -e {TempFlag(b)} ]; then {WaitForever}; fi; touch {TempFlag(b)}; echo no configuration >&2; exit 7"));
        var crashed = await run.Until("server", ResourceState.Restarting);
        Assert.Equal(7, crashed.ExitCode);
        Assert.StartsWith("exited with code 7", crashed.Reason, StringComparison.Ordinal);
        Assert.Equal(["no configuration"], crashed.LastLines);

        var again = await run.Until("server", ResourceState.Running);
        Assert.Equal(1, again.Restarts);
    }

    [Fact]
    public async Task A_process_that_ends_well_is_not_started_again()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("tool", "true", "."));
        var finished = await run.Until("tool", ResourceState.Finished);
        Assert.Equal(0, finished.ExitCode);
    }

    [Fact]
    public async Task A_killed_process_is_started_again()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("server", "bash", ".", "-c", WaitForever));
        var first = await run.Until("server", ResourceState.Running);
        Processes.Signal(first.Pid!.Value, "KILL");
        var crashed = await run.Until("server", s => s.Restarts == 1);
        Assert.NotEqual(first.Pid, crashed.Pid);
        await run.Until("server", s => s.State is ResourceState.Running && s.Pid != first.Pid);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("tool", "no-such-program", "."));
        var failed = await run.Until("tool", ResourceState.Restarting);
        Assert.StartsWith("program not found", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_and_what_it_started_are_told_to_stop_and_then_killed()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("stubborn", "bash", ".", "-c", $"sleep 1000 & trap 'echo told' TERM; echo $!; while :; do wait; done"));
        var child = int.Parse(await run.Says("stubborn", line => line.Length > 0));
        var started = run["stubborn"].Snapshot;
        var stopping = run["stubborn"].StopAsync();
        await run.Says("stubborn", line => line == "told");
        Assert.True(Processes.Exists(started.Pid!.Value), "it was not given its grace period");
        await run["stubborn"].KillAsync();
        await stopping;
        Assert.False(Processes.Exists(started.Pid.Value));
        Assert.False(Processes.Exists(child));
    }

    [Fact]
    public async Task A_stopped_process_stays_stopped_until_it_is_started()
    {
        await using var run = await TestRun.Start(b => b.AddExecutable("server", "bash", ".", "-c", WaitForever));
        var first = await run.Until("server", ResourceState.Running);
        await run["server"].StopAsync();
        Assert.Equal(ResourceState.Stopped, run["server"].Snapshot.State);
        Assert.False(Processes.Exists(first.Pid!.Value));

        await run["server"].StartAsync();
        await run.Until("server", ResourceState.Running);
        await run["server"].RestartAsync();
        var third = await run.Until("server", ResourceState.Running);
        Assert.Equal(1, third.Restarts);
    }

    [Fact]
    public async Task A_resource_starts_when_the_ones_it_waits_for_are_ready()
    {
        await using var run = await TestRun.Start(b =>
        {
            var port = ChildProcess.FreePort();
            var gate = Path.Combine(b.Configuration["SLIPWAY_HOME"]!, "gate");
            var server = b.AddExecutable("server", "bash", ".", "-c",
                    $"until [ -e {gate} ]; do sleep 0.1; done; exec socat TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork 'SYSTEM:cat >/dev/null & echo HTTP/1.1 200 OK; echo; echo'")
                .WithHttpEndpoint(port: port, isProxied: false)
                .WithHttpHealthCheck("/health");
            var setup = b.AddExecutable("setup", "bash", ".", "-c", $"echo done; exit 3");
            b.AddExecutable("client", "bash", ".", "-c", WaitForever).WaitFor(server).WaitForCompletion(setup, exitCode: 3);
        });

        await run.Until("setup", ResourceState.Finished);
        await run.Until("client", s => s.State is ResourceState.Waiting && s.Reason is "waiting for server");
        await run.Until("server", s => s.Health is ResourceHealth.Pending && s.Reason is not null);
        await File.WriteAllTextAsync(Path.Combine(run.Folder, "gate"), "");
        await run.Until("client", ResourceState.Running);
        Assert.Equal(ResourceHealth.Healthy, run["server"].Snapshot.Health);
    }

    [Fact]
    public async Task A_resource_is_not_started_when_the_work_it_waits_for_fails()
    {
        await using var run = await TestRun.Start(b =>
        {
            var setup = b.AddExecutable("setup", "true", ".");
            b.AddExecutable("client", "bash", ".", "-c", WaitForever).WaitForCompletion(setup, exitCode: 3);
        });
        var failed = await run.Until("client", ResourceState.Failed);
        Assert.Equal("setup exited with code 0, so this is not started", failed.Reason);
    }

    [Fact]
    public async Task Everything_is_stopped_in_reverse_order()
    {
        var folder = "";
        var run = await TestRun.Start(b =>
        {
            folder = b.Configuration["SLIPWAY_HOME"]!;
            var first = b.AddExecutable("first", "bash", ".", "-c", SayWhenStopped("first", folder));
            var second = b.AddExecutable("second", "bash", ".", "-c", SayWhenStopped("second", folder)).WaitFor(first);
            b.AddExecutable("third", "bash", ".", "-c", SayWhenStopped("third", folder)).WaitFor(second);
        });
        await run.Says("third", line => line == "ready");
        await run.Orchestrator.StopAsync();
        Assert.Equal(["third", "second", "first"], await File.ReadAllLinesAsync(Path.Combine(folder, "stopped")));
        await run.DisposeAsync();

        static string SayWhenStopped(string name, string folder) => $"trap 'echo {name} >>{folder}/stopped; exit' TERM; echo ready; while :; do sleep 0.1 & wait; done";
    }

    static string TempFlag(IDistributedApplicationBuilder builder) => Path.Combine(builder.Configuration["SLIPWAY_HOME"]!, "flag");
}
