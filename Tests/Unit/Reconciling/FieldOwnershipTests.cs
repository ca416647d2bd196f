using System.Text.Json.Nodes;
using Slipway.Api.Cluster.Reconciling;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class FieldOwnershipTests
{
    private const string Ours = """{"manager":"slipway","operation":"Apply","apiVersion":"apps/v1","fieldsV1":{"f:spec":{"f:replicas":{}}}}""";

    public static TheoryData<string, string[], string[]?> Cases => new()
    {
        { "nothing to do", [Ours], null },
        { "status and marks are the controllers'", [Ours, Entry("kube-controller-manager", """{"f:metadata":{"f:annotations":{"f:a":{}}},"f:status":{"f:x":{}}}""")], null },
        {
            "what was created becomes what was applied",
            [Entry("slipway", """{"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{}}}""")],
            ["""slipway Apply {"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:replicas":{}}}"""]
        },
        {
            "what somebody added becomes ours, and the rest stays theirs",
            [Ours, Entry("kubectl-edit", """{"f:metadata":{"f:labels":{"f:team":{}}},"f:spec":{"f:paused":{}}}""")],
            ["""slipway Apply {"f:spec":{"f:replicas":{},"f:paused":{}}}""", """kubectl-edit Update {"f:metadata":{"f:labels":{"f:team":{}}}}"""]
        },
        {
            "who has nothing left is left out",
            [Ours, Entry("kubectl-edit", """{"f:spec":{"f:paused":{}}}""")],
            ["""slipway Apply {"f:spec":{"f:replicas":{},"f:paused":{}}}"""]
        },
        {
            "marks on the pods stay theirs",
            [Ours, Entry("kubectl-rollout", """{"f:spec":{"f:template":{"f:metadata":{"f:annotations":{"f:r":{}}}}}}""")],
            null
        },
        {
            "marks on the pods stay theirs, beside what becomes ours",
            [Ours, Entry("kubectl-rollout", """{"f:spec":{"f:paused":{},"f:template":{"f:metadata":{"f:annotations":{"f:r":{}}},"f:spec":{"f:x":{}}}}}""")],
            [
                """slipway Apply {"f:spec":{"f:replicas":{},"f:paused":{},"f:template":{"f:spec":{"f:x":{}}}}}""",
                """kubectl-rollout Update {"f:spec":{"f:template":{"f:metadata":{"f:annotations":{"f:r":{}}}}}}""",
            ]
        },
        {
            "an autoscaler's replicas stay its own",
            [Ours, """{"manager":"kube-controller-manager","operation":"Update","subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}}"""],
            null
        },
        { "also where subresources are not recorded yet", [Ours, Entry("kube-controller-manager", """{"f:spec":{"f:replicas":{}}}""")], null },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Ownership_of_what_Slipway_decides_about_is_Slipway_s(string what, string[] entries, string[]? expected)
    {
        var item = new JsonObject
        {
            ["metadata"] = new JsonObject { ["managedFields"] = new JsonArray([.. entries.Select(e => JsonNode.Parse(e))]) },
        };

        var result = FieldOwnership.TakeOver(item)?.Select(e => $"{e!["manager"]} {e["operation"]} {e["fieldsV1"]!.ToJsonString()}").ToArray();

        Assert.True((expected is null && result is null) || expected?.SequenceEqual(result ?? []) is true, $"{what}: {string.Join("\n", result ?? ["nothing"])}");
    }

    [Fact]
    public void An_object_without_records_is_left_alone() => Assert.Null(FieldOwnership.TakeOver(new JsonObject { ["metadata"] = new JsonObject() }));

    private static string Entry(string manager, string fields) => $$"""{"manager":"{{manager}}","operation":"Update","apiVersion":"apps/v1","fieldsV1":{{fields}}}""";
}
