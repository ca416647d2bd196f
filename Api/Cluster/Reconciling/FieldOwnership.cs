using System.Text.Json.Nodes;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// Server-side apply removes a field that is not asked for any more only if nobody else owns it. Owners are recorded in
/// <c>metadata.managedFields</c> by name and operation, and an object that was created with POST is owned by the operation
/// <c>Update</c>; so are the fields that somebody adds with kubectl edit. Here ownership of everything that Slipway decides about is
/// moved to the operation <c>Apply</c> of Slipway, after which the next apply makes the object what was asked for, no less and no more.
/// See kubernetes.io/docs/reference/using-api/server-side-apply.
/// </summary>
internal static class FieldOwnership
{
    private static readonly string[] Decided = ["f:spec", "f:data", "f:type", "f:immutable", "f:automountServiceAccountToken"];

    /// <summary>The entries with ownership moved; null where it is as it should be.</summary>
    public static JsonArray? TakeOver(JsonNode item)
    {
        if (item["metadata"]?["managedFields"] is not JsonArray entries)
        {
            return null;
        }

        var kept = new JsonArray();
        JsonObject? ours = null;
        var moved = new JsonObject();
        foreach (var entry in entries.OfType<JsonObject>().Select(e => (JsonObject)e.DeepClone()))
        {
            if (Is(entry, "Apply"))
            {
                ours = entry;
                continue;
            }

            var fields = entry["fieldsV1"] as JsonObject ?? [];
            var taken = Take(entry, fields);
            if (taken.Count > 0)
            {
                Union(moved, taken);
            }

            if (fields.Count > 0)
            {
                kept.Add((JsonNode)entry);
            }

            // The entry with which the object was created is what ours is made of where there was no apply yet.
            ours ??= Is(entry, "Update") ? Applied(entry) : null;
        }

        if (moved.Count == 0 || ours is null)
        {
            return null;
        }

        var all = ours["fieldsV1"] as JsonObject ?? [];
        ours.Remove("fieldsV1");
        Union(all, moved);
        ours["fieldsV1"] = all;
        kept.Insert(0, ours);
        return kept;
    }

    private static bool Is(JsonObject entry, string operation) =>
        (string?)entry["manager"] == ClusterObjects.FieldManager && (string?)entry["operation"] == operation && entry["subresource"] is null;

    private static JsonObject Applied(JsonObject created)
    {
        var entry = (JsonObject)created.DeepClone();
        entry["operation"] = "Apply";
        entry["fieldsV1"] = new JsonObject();
        return entry;
    }

    /// <summary>Takes what Slipway decides about out of <paramref name="fields"/>.</summary>
    private static JsonObject Take(JsonObject entry, JsonObject fields)
    {
        var taken = new JsonObject();
        if (Is(entry, "Update"))
        {
            foreach (var name in fields.Select(f => f.Key).ToList())
            {
                Move(fields, taken, name);
            }

            return taken;
        }

        // Scaling through the subresource is what autoscalers do, and status is what controllers do. Before 1.22 subresources are not recorded.
        if (entry["subresource"] is not null || (string?)entry["manager"] is "kube-controller-manager")
        {
            return taken;
        }

        // The annotations of a pod template are where kubectl rollout restart and the like leave their marks, which are no part of ours.
        var marks = (fields["f:spec"]?["f:template"] as JsonObject)?["f:metadata"];
        foreach (var name in Decided)
        {
            Move(fields, taken, name);
        }

        if (marks is not null)
        {
            ((JsonObject)taken["f:spec"]!["f:template"]!).Remove("f:metadata");
            fields["f:spec"] = new JsonObject { ["f:template"] = new JsonObject { ["f:metadata"] = marks.DeepClone() } };
            Prune(taken, "f:spec", "f:template");
        }

        return taken;
    }

    private static void Prune(JsonObject taken, string outer, string inner)
    {
        var spec = (JsonObject)taken[outer]!;
        if (spec[inner] is JsonObject { Count: 0 })
        {
            spec.Remove(inner);
        }

        if (spec.Count == 0)
        {
            taken.Remove(outer);
        }
    }

    private static void Move(JsonObject from, JsonObject to, string name)
    {
        if (from[name] is { } value)
        {
            from.Remove(name);
            to[name] = value;
        }
    }

    private static void Union(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject there && value is JsonObject more)
            {
                Union(there, more);
            }
            else if (!into.ContainsKey(name))
            {
                into[name] = value?.DeepClone();
            }
        }
    }
}
