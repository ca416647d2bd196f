using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Slipway.Api.Cluster.Watching;
using Slipway.Api.Storage;

namespace Slipway.Api.Apps.Observing;

/// <summary>Tells which apps of a project changed: in the database, here or by another process, or in the cluster.</summary>
public sealed class AppChanges(ClusterState cluster, NpgsqlDataSource source, OwnConnections connections, TimeProvider time, ILogger<AppChanges> log) : BackgroundService
{
    /// <summary>The PostgreSQL channel; its payload is <c>projectId:appId</c>.</summary>
    public const string Channel = "slipway_app_changed";

    // Long enough to cost nothing, short enough to notice a database that went away without a word.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    // Stands for all apps there are.
    private static readonly Guid Everything = Guid.Empty;

    private readonly IdQueue changed = new();
    private readonly ConcurrentDictionary<Guid, Guid> projects = new();
    private readonly Rechecks rechecks = new(time);
    private ImmutableArray<Subscription> subscriptions = [];

    /// <summary>Tells every process that an app's rows changed: when the caller's transaction commits, if there is one.</summary>
    public static Task Announce(SlipwayDb db, Guid projectId, Guid appId, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {$"{projectId}:{appId}"})", cancel);

    /// <summary>
    /// The ids of the project's apps that changed, each at most once until it is taken. Whoever subscribes before listing misses nothing.
    /// Never ends by itself.
    /// </summary>
    public IAsyncEnumerable<Guid> Subscribe(Guid projectId, CancellationToken cancel) => Read(Open(projectId), cancel);

    /// <summary>The same for who takes them otherwise; null: of all projects, and also ids that are no app's. Dispose to end.</summary>
    internal Subscription Open(Guid? projectId)
    {
        Subscription opened = null!;
        opened = new(projectId, () => ImmutableInterlocked.Update(ref subscriptions, all => all.Remove(opened)));
        ImmutableInterlocked.Update(ref subscriptions, all => all.Add(opened));
        return opened;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listening = cluster.OnChange(change =>
        {
            if (change.OwnerId is { } owner)
            {
                changed.Add(owner);
            }
            else if (change.Kind == ClusterChange.Everything)
            {
                changed.Add(Everything);
            }
        });
        await Task.WhenAll(Distribute(stoppingToken), Listen(stoppingToken), rechecks.Run(changed.Add, stoppingToken));
    }

    private static async IAsyncEnumerable<Guid> Read(Subscription subscription, [EnumeratorCancellation] CancellationToken cancel)
    {
        using (subscription)
        {
            while (true)
            {
                foreach (var id in await subscription.Ids.Take(1, cancel))
                {
                    yield return id;
                }
            }
        }
    }

    private async Task Distribute(CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
        while (!cancel.IsCancellationRequested)
        {
            IReadOnlyList<Guid> ids = [];
            try
            {
                ids = await changed.Take(500, cancel);
                await Distribute(ids, cancel);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                log.LogDebug(e, "Changes of apps could not be passed on; trying again");
                changed.Add(ids);
                await backoff.Wait(time, cancel);
            }
        }
    }

    private async Task Distribute(IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        if (subscriptions.IsEmpty)
        {
            return;
        }

        foreach (var id in ids.Where(id => id != Everything))
        {
            // The recorder looks at ids that are no app's itself.
            Deliver(id, s => s.ProjectId is null);
            rechecks.Set(id, StatusRules.NextLook(cluster.Observe(id), time.GetUtcNow()));
        }

        if (ids.Contains(Everything))
        {
            await FindProjects(null, cancel);
            foreach (var (id, project) in projects)
            {
                Deliver(id, s => s.ProjectId is null ? project != Guid.Empty : s.ProjectId == project);
            }
        }
        else if (subscriptions.Any(s => s.ProjectId is not null))
        {
            await FindProjects(ids, cancel);
            foreach (var id in ids)
            {
                Deliver(id, s => s.ProjectId is { } project && projects.GetValueOrDefault(id) == project);
            }
        }
    }

    private void Deliver(Guid id, Predicate<Subscription> to)
    {
        foreach (var subscription in subscriptions)
        {
            if (to(subscription))
            {
                subscription.Ids.Add(id);
            }
        }
    }

    // An app's row is there before anything of it is in the cluster, so what has no row is no app, and will not be one.
    private async Task FindProjects(IReadOnlyList<Guid>? ids, CancellationToken cancel)
    {
        var unknown = ids?.Where(id => !projects.ContainsKey(id)).ToArray();
        if (unknown is { Length: 0 })
        {
            return;
        }

        await using var command = source.CreateCommand(unknown is null ? "SELECT id, project_id FROM apps" : "SELECT id, project_id FROM apps WHERE id = ANY($1)");
        if (unknown is not null)
        {
            command.Parameters.Add(new() { Value = unknown });
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            projects[reader.GetGuid(0)] = reader.GetGuid(1);
        }

        foreach (var id in unknown ?? [])
        {
            projects.TryAdd(id, Guid.Empty);
        }
    }

    private async Task Listen(CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await using var connection = await connections.Open(cancel);
                connection.Notification += (_, said) => Take(said.Payload);
                await Run(connection, $"LISTEN {Channel}", cancel);
                // What was said while nobody listened is lost: look at everything once.
                changed.Add(Everything);
                backoff.Reset();
                while (true)
                {
                    if (!await connection.WaitAsync(Silence, cancel))
                    {
                        await Run(connection, "SELECT 1", cancel);
                    }
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (backoff.Attempts == 0)
                {
                    log.LogWarning("Listening to the database for changes of apps broke off: {Problem} Trying again until it works", e.Message);
                }

                await backoff.Wait(time, cancel);
            }
        }
    }

    private static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 10 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private void Take(string payload)
    {
        if (payload.Split(':') is [var project, var app] && Guid.TryParse(project, out var projectId) && Guid.TryParse(app, out var appId))
        {
            projects[appId] = projectId;
            changed.Add(appId);
        }
    }

    /// <summary>Somebody who wants to hear of changes.</summary>
    internal sealed class Subscription(Guid? projectId, Action end) : IDisposable
    {
        public Guid? ProjectId => projectId;

        public IdQueue Ids { get; } = new();

        public void Dispose() => end();
    }
}
