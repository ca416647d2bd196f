using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Slipway.AppHost.Hosting;

/// <summary>What Aspire leaves to others in a run: progress on the console, starting again what crashed, an end when the orchestrator is gone.</summary>
static class RunSupport
{
    /// <summary>Logs warnings only: the console tells what matters in lines of its own, and the rest is in the dashboard.</summary>
    public static IDistributedApplicationBuilder WithQuietLog(this IDistributedApplicationBuilder builder)
    {
        builder.Services.AddLogging(logging => logging
            .AddFilter("Aspire.Hosting", LogLevel.Warning)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A resource that is not well yet is a line of its own, not an error with a stack trace.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        return builder;
    }

    /// <summary>Adds it. It begins before the resources do: hosted services would start only after all of them are ready.</summary>
    public static void AddRunSupport(this IDistributedApplicationBuilder builder, LocalMachine machine)
    {
        var processes = RunConsole.ProcessesOf(builder.Resources);
        builder.OnBeforeStart((start, cancel) =>
        {
            var services = start.Services;
            var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
            var stopping = lifetime.ApplicationStopping;
            var resources = services.GetRequiredService<ResourceNotificationService>();
            var console = new RunConsole(resources, services.GetRequiredService<ResourceLoggerService>(), machine, processes);
            var restarter = new CrashRestarter(resources, services.GetRequiredService<ResourceCommandService>(), console, services.GetRequiredService<TimeProvider>());
            var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RunSupport));
            List<Task> tasks = [console.Report(stopping), restarter.Run(stopping), OrchestratorWatch.Run(console, lifetime)];
            if (machine.EchoesLogs)
            {
                tasks.AddRange(start.Model.Resources.Where(console.IsWatched).Select(resource => console.EchoLogs(resource, stopping)));
            }

            tasks.ForEach(task => _ = task.ContinueWith(
                failed => logger.LogError(failed.Exception, "A part of the AppHost's own support has failed"), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default));
            stopping.Register(() => console.Say("apphost", "stopping everything"));
            lifetime.ApplicationStopped.Register(() => console.Say("apphost", "stopped"));
            return Task.CompletedTask;
        });
        builder.Services.AddSingleton(TimeProvider.System);
    }
}
