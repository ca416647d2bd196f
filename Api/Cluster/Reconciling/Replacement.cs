using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>What an object has to be replaced with, so that everything that Slipway decides about is as rendered and all else as it is. Pure.</summary>
internal static class Replacement
{
    // What the cluster allocates for a Service and does not let go of.
    private static readonly string[] Allocated = ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "ipFamily", "healthCheckNodePort"];

    public static JsonObject Of(IKubernetesObject<V1ObjectMeta> rendered, JsonNode live)
    {
        var whole = (JsonObject)live.DeepClone();
        foreach (var (name, value) in JsonNode.Parse(KubernetesJson.Serialize((object)rendered))!.AsObject())
        {
            switch (name)
            {
                case "metadata":
                    Label(whole["metadata"]!.AsObject(), value!["labels"]?.AsObject() ?? []);
                    break;
                case "spec" when rendered is V1Service:
                    whole[name] = Allocate(value!.DeepClone().AsObject(), live["spec"]!.AsObject());
                    break;
                default:
                    whole[name] = value?.DeepClone();
                    break;
            }
        }

        return whole;
    }

    private static void Label(JsonObject metadata, JsonObject ours)
    {
        var labels = metadata["labels"] as JsonObject ?? [];
        if (labels.Parent is null)
        {
            metadata["labels"] = labels;
        }

        foreach (var (name, value) in ours)
        {
            labels[name] = value?.DeepClone();
        }
    }

    private static JsonObject Allocate(JsonObject spec, JsonObject live)
    {
        foreach (var name in Allocated.Where(live.ContainsKey))
        {
            spec[name] = live[name]?.DeepClone();
        }

        foreach (var port in spec["ports"]!.AsArray().OfType<JsonObject>())
        {
            var same = live["ports"]?.AsArray().OfType<JsonObject>().FirstOrDefault(p => (int?)p["port"] == (int?)port["port"]);
            if (same?["nodePort"] is { } nodePort && (string?)spec["type"] is "NodePort")
            {
                port["nodePort"] = nodePort.DeepClone();
            }
        }

        return spec;
    }
}
