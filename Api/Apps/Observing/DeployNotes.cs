using Npgsql;
using Slipway.Api.Notifications;
using Slipway.Contracts;

namespace Slipway.Api.Apps.Observing;

/// <summary>Tells what became of deployments: in the transaction that stores it.</summary>
static class DeployNotes
{
    public static async Task Store(NpgsqlConnection connection, IReadOnlyList<Milestone> concluded, CancellationToken cancel)
    {
        if (concluded.Count == 0)
        {
            return;
        }

        var apps = new Dictionary<Guid, (Guid Project, string Name)>();
        await using (var command = new NpgsqlCommand("SELECT id, project_id, name FROM apps WHERE id = ANY($1)", connection))
        {
            command.Parameters.Add(new() { Value = concluded.Select(c => c.AppId).Distinct().ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                apps[reader.GetGuid(0)] = (reader.GetGuid(1), reader.GetString(2));
            }
        }

        foreach (var item in concluded)
        {
            if (apps.TryGetValue(item.AppId, out var app))
            {
                await Outbox.Store(connection, Of(app.Project, app.Name, item), cancel);
            }
        }
    }

    private static Note Of(Guid project, string app, Milestone item)
    {
        var ready = item.Kind is TimelineKind.Ready;
        return new(project, $"deploy:{item.AppId:N}:{item.Release}:{(ready ? "ready" : "failed")}", ready ? NotifiedEvent.Deploys : NotifiedEvent.FailedDeploys,
            ready ? "ready" : "failed", app, null, ready ? $"{app}: release {item.Release} runs" : $"{app}: release {item.Release} failed", item.Message, item.At);
    }
}
