using System.Text.Json.Nodes;
using Slipway.Api.Cluster.Rendering;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>Takes an app out of the cluster, and its rows out of the database when nothing of it is left.</summary>
public sealed class AppRemoval(ClusterObjects objects, ObjectWriter writer, AppRecords records, Awaited awaited)
{
    internal async Task Remove(WantedApp wanted, RenderSettings settings, CancellationToken cancel)
    {
        awaited.Removals.Add(wanted.App.Id);
        await Task.WhenAll(wanted.Owned.Select(row =>
        {
            var kind = ObjectKind.Of(row.Kind);
            return writer.Delete(new(kind.ApiVersion(settings.PolicyV1), kind, wanted.Project.Name, row.Name), row.Uid, cancel);
        }));

        // The records may lack what was created just before a crash, so the cluster itself is asked what carries the app's id.
        var selector = $"{Labels.Selector},{Labels.AppId}={wanted.App.Id}";
        var left = await Task.WhenAll(ObjectKind.OfApps.Select(async kind =>
        {
            var address = new ObjectAddress(kind.ApiVersion(settings.PolicyV1), kind, wanted.Project.Name, "");
            var found = await Items(address.Collection, selector, cancel);
            await Task.WhenAll(found.Select(item => writer.Delete(address with { Name = (string)item["metadata"]!["name"]! }, (string)item["metadata"]!["uid"]!, cancel)));
            return found.Count;
        }));
        var pods = await Items($"api/v1/namespaces/{wanted.Project.Name}/pods", selector, cancel);
        if (left.Sum() + pods.Count > 0)
        {
            throw new NotYetException("Its pods are still there", TimeSpan.FromSeconds(2));
        }

        await records.Gone(wanted, cancel);
        awaited.Removals.Remove(wanted.App.Id);
        awaited.Rollouts.Remove(wanted.App.Id);
    }

    private async Task<IReadOnlyList<JsonNode>> Items(string collection, string selector, CancellationToken cancel)
    {
        var answer = await objects.List(collection, selector, cancel);
        return answer.Ok
            ? [.. answer.Json["items"]!.AsArray().OfType<JsonNode>()]
            : throw new ObjectProblemException("Not permitted in the cluster", $"The cluster does not let Slipway list {collection}: {answer.Message}");
    }
}
