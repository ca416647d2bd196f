using k8s;
using k8s.Models;
using Slipway.Api.Cluster.Reconciling;
using Slipway.Api.Cluster.Rendering;
using Slipway.Tests.Unit.Rendering;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class FingerprintTests
{
    private static readonly RenderInput Input = Inputs.App with { RestartedAt = DateTimeOffset.UnixEpoch };

    public static TheoryData<string, Action<V1Deployment>> OfOthers => new()
    {
        { "status", d => d.Status = new() { ReadyReplicas = 1 } },
        { "revision", d => d.Metadata.Annotations = new Dictionary<string, string> { ["deployment.kubernetes.io/revision"] = "4" } },
        { "resource version", d => d.Metadata.ResourceVersion = "12" },
        { "somebody's label", d => d.Metadata.Labels["team"] = "blue" },
        { "somebody's mark on the pods", d => d.Spec.Template.Metadata.Annotations["kubectl.kubernetes.io/restartedAt"] = "now" },
    };

    public static TheoryData<string, Action<V1Deployment>> OfOurs => new()
    {
        { "replicas", d => d.Spec.Replicas = 5 },
        { "image", d => d.Spec.Template.Spec.Containers[0].Image = "other" },
        { "a variable", d => d.Spec.Template.Spec.Containers[0].Env.Add(new() { Name = "X", Value = "1" }) },
        { "a second container", d => d.Spec.Template.Spec.Containers.Add(new() { Name = "x" }) },
        { "a label that went", d => d.Metadata.Labels.Remove("slipway.dev/app-id") },
        { "a label that changed", d => d.Metadata.Labels["app.kubernetes.io/managed-by"] = "somebody" },
        { "our restart mark", d => d.Spec.Template.Metadata.Annotations.Clear() },
    };

    [Theory]
    [MemberData(nameof(OfOthers), DisableDiscoveryEnumeration = true)]
    public void What_others_decide_about_changes_nothing(string what, Action<V1Deployment> change)
    {
        var changed = Deployment();
        change(changed);

        Assert.True(Fingerprint.Of(Deployment()) == Fingerprint.Of(changed), what);
    }

    [Theory]
    [MemberData(nameof(OfOurs), DisableDiscoveryEnumeration = true)]
    public void What_Slipway_decides_about_changes_it(string what, Action<V1Deployment> change)
    {
        var changed = Deployment();
        change(changed);

        Assert.True(Fingerprint.Of(Deployment()) != Fingerprint.Of(changed), what);
    }

    [Fact]
    public void What_the_cluster_allocates_for_a_service_changes_nothing()
    {
        var (before, after) = (Inputs.Find<V1Service>(Input)!, Inputs.Find<V1Service>(Input)!);
        after.Spec.ClusterIP = "10.96.0.7";
        after.Spec.Ports[0].NodePort = 31000;

        Assert.Equal(Fingerprint.Of(before), Fingerprint.Of(after));
        after.Spec.Ports[0].TargetPort = 9999;
        Assert.NotEqual(Fingerprint.Of(before), Fingerprint.Of(after));
    }

    [Fact]
    public void A_secret_s_values_count()
    {
        var (one, two) = (Secret("a"), Secret("b"));

        Assert.NotEqual(Fingerprint.Of(one), Fingerprint.Of(two));
        Assert.Equal(Fingerprint.Of(one), Fingerprint.Of(Secret("a")));
    }

    [Fact]
    public void A_service_account_that_lost_its_sign_ins_is_another_one_and_one_that_was_given_more_is_not()
    {
        var ours = new V1LocalObjectReference { Name = RegistrySecret.Name };
        string Of(params V1LocalObjectReference[] names) => Fingerprint.Of(new V1ServiceAccount { Metadata = new(), AutomountServiceAccountToken = false, ImagePullSecrets = names });

        Assert.NotEqual(Of(ours), Of());
        Assert.Equal(Of(ours), Of(new() { Name = "of-the-cluster" }, ours));
    }

    [Fact]
    public void The_order_of_a_map_does_not_count()
    {
        var (one, two) = (Deployment(), Deployment());
        two.Metadata.Labels = two.Metadata.Labels.Reverse().ToDictionary();
        two.Spec.Template.Metadata.Labels = two.Spec.Template.Metadata.Labels.Reverse().ToDictionary();

        Assert.Equal(Fingerprint.Of(one), Fingerprint.Of(two));
    }

    [Fact]
    public void Stored_with_its_settings_it_is_recognised()
    {
        var stored = OwnedObjects.Stored("0123", "abcd");

        Assert.True(OwnedObjects.Matches(stored, "0123"));
        Assert.False(OwnedObjects.Matches(stored, "012"));
        Assert.False(OwnedObjects.Matches(stored, ""));
        Assert.True(OwnedObjects.RenderedWith(stored, "abcd"));
        Assert.False(OwnedObjects.RenderedWith(stored, "bcd"));
    }

    private static V1Deployment Deployment() => KubernetesJson.Deserialize<V1Deployment>(KubernetesJson.Serialize(Inputs.Find<V1Deployment>(Input)!));

    private static V1Secret Secret(string value) =>
        Inputs.Find<V1Secret>(Input with { Environment = new Dictionary<string, string> { ["A"] = value } })!;
}
