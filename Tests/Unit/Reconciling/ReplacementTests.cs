using System.Text.Json.Nodes;
using k8s.Models;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Tests.Unit.Rendering;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class ReplacementTests
{
    [Fact]
    public void A_service_keeps_what_the_cluster_allocated_and_nothing_else()
    {
        var live = JsonNode.Parse(
            """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"shop","resourceVersion":"9","labels":{"team":"blue","slipway.dev/app-id":"x"}},
             "spec":{"clusterIP":"10.96.0.7","sessionAffinity":"ClientIP","ports":[{"port":80,"nodePort":31000,"targetPort":1}]},"status":{"a":1}}
            """)!;

        var whole = Replacement.Of(Inputs.Find<V1Service>(Inputs.App)!, live);

        Assert.Equal("9", (string?)whole["metadata"]!["resourceVersion"]);
        Assert.Equal("blue", (string?)whole["metadata"]!["labels"]!["team"]);
        Assert.Equal(Inputs.App.AppId.ToString(), (string?)whole["metadata"]!["labels"]!["slipway.dev/app-id"]);
        Assert.Equal(("10.96.0.7", 31000, 8080), ((string?)whole["spec"]!["clusterIP"], (int?)whole["spec"]!["ports"]![0]!["nodePort"], (int?)whole["spec"]!["ports"]![0]!["targetPort"]));
        Assert.Null(whole["spec"]!["sessionAffinity"]);
    }

    [Fact]
    public void Everything_else_is_as_rendered()
    {
        var live = JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"shop"},"spec":{"paused":true}}""")!;

        var whole = Replacement.Of(Inputs.Find<V1Deployment>(Inputs.App)!, live);

        Assert.Null(whole["spec"]!["paused"]);
        Assert.Equal(1, (int?)whole["spec"]!["replicas"]);
        Assert.Equal("slipway", (string?)whole["metadata"]!["labels"]!["app.kubernetes.io/managed-by"]);
    }
}
