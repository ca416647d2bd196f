using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Slipway.Api.Alerts;

/// <summary>
/// Ends alerts whose end Alertmanager never tells (<see cref="AlertOptions.ForgetHours"/>). Until this process has listened for as long
/// itself, it ends none: what was said while nobody listened is said again. Several replicas may do so; each alert ends once.
/// </summary>
sealed class AlertForgetting(IServiceScopeFactory scopes, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertForgetting> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var silence = TimeSpan.FromHours(options.Value.ForgetHours);
        try
        {
            await Task.Delay(silence, time, stoppingToken);
            using var timer = new PeriodicTimer(silence < Pause ? silence : Pause, time);
            do
            {
                await Look(time.GetUtcNow() - silence, stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task Look(DateTimeOffset heard, CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<AlertIntake>().Forget(heard, cancel);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or DbUpdateException or InvalidOperationException { InnerException: NpgsqlException })
        {
            logger.LogWarning("It could not be looked for alerts that nobody speaks of any more: {Problem} That is done again later", e.Message);
        }
    }
}
