using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Rendering;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Rendering;

public sealed class ProjectRendererTests
{
    private static readonly ProjectInput Input = new(Guid.NewGuid(), "demo", Inputs.Settings);

    [Fact]
    public void Everything_says_whose_it_is() => Assert.All(ProjectRenderer.Render(Input).Append(ProjectRenderer.Namespace(Input.ProjectId, Input.Project)), item =>
    {
        Assert.True(Labels.IsManaged(item.Metadata));
        Assert.Equal(Input.ProjectId, Labels.Owner(item.Metadata));
        Assert.Equal("demo", item.Metadata.Labels[Labels.Project]);
    });

    [Fact]
    public void What_pods_may_do_is_bounded()
    {
        var labels = ProjectRenderer.Namespace(Input.ProjectId, Input.Project).Metadata.Labels;

        Assert.Equal(("baseline", "restricted"), (labels["pod-security.kubernetes.io/enforce"], labels["pod-security.kubernetes.io/warn"]));
    }

    [Fact]
    public void A_thousand_stopped_apps_fit_into_a_project()
    {
        var hard = Find<V1ResourceQuota>().Spec.Hard;

        Assert.True(int.Parse(hard["count/deployments.apps"].ToString().Replace("k", "000", StringComparison.Ordinal)) >= 5000);
        Assert.DoesNotContain(hard.Keys, k => k.Contains("services") || k.Contains("secrets"));
    }

    [Fact]
    public void The_service_account_has_no_token() => Assert.False(Find<V1ServiceAccount>().AutomountServiceAccountToken);

    [Fact]
    public void Pods_fetch_images_with_the_project_s_sign_ins()
    {
        var input = Input with { Registries = [new("registry.test:5000", "me", "päss:word\n"), new("docker.io", "you", "token")] };
        var secret = ProjectRenderer.Render(input).OfType<V1Secret>().Single();
        var auths = JsonNode.Parse(secret.Data[".dockerconfigjson"])!["auths"]!.AsObject();

        Assert.Equal(("kubernetes.io/dockerconfigjson", Find<V1Secret>().Name()), (secret.Type, Assert.Single(Find<V1ServiceAccount>().ImagePullSecrets).Name));
        Assert.Equal(["https://index.docker.io/v1/", "registry.test:5000"], auths.Select(a => a.Key));
        Assert.Equal("me:päss:word\n", Encoding.UTF8.GetString(Convert.FromBase64String((string)auths["registry.test:5000"]!["auth"]!)));
    }

    [Fact]
    public void The_largest_sign_ins_fit_into_a_Secret()
    {
        var largest = Enumerable.Range(0, RegistryRules.MostRegistries)
            .Select(i => new RegistryLogin($"{new string('a', 60)}{i}.test:5000", new string('ü', RegistryRules.UsernameMaxLength), new string('\u0001', RegistryRules.PasswordMaxBytes)));
        var secret = ProjectRenderer.Render(Input with { Registries = [.. largest] }).OfType<V1Secret>().Single();

        // The data of a Secret are at most 1 MiB (k8s.io/api/core/v1, MaxSecretSize).
        Assert.InRange(secret.Data.Values.Sum(v => v.Length), 1, 1024 * 1024);
    }

    [Fact]
    public void A_project_without_registries_has_an_empty_list_of_them() =>
        Assert.Equal("""{"auths":{}}""", Encoding.UTF8.GetString(Find<V1Secret>().Data[".dockerconfigjson"]));

    [Fact]
    public void Traffic_of_other_projects_is_kept_out_and_all_other_traffic_is_not()
    {
        var policy = Find<V1NetworkPolicy>().Spec;
        var from = Assert.Single(policy.Ingress).FromProperty;

        Assert.Equal(["Ingress"], policy.PolicyTypes);
        Assert.Contains(from, peer => peer.PodSelector is not null && peer.NamespaceSelector is null);
        var others = Assert.Single(from, peer => peer.NamespaceSelector is not null).NamespaceSelector.MatchExpressions;
        Assert.Equal((Labels.ManagedBy, "NotIn", "slipway"), (others[0].Key, others[0].OperatorProperty, Assert.Single(others[0].Values)));
        Assert.Equal(["10.244.0.0/16"], Assert.Single(from, peer => peer.IpBlock?.Cidr == "0.0.0.0/0").IpBlock.Except);
    }

    [Theory]
    [InlineData("10.244.0.0/16", true)]
    [InlineData("fd00::/48", true)]
    [InlineData("10.244.0.0", false)]
    [InlineData("pods", false)]
    public void Pod_networks_are_address_ranges(string network, bool right) =>
        Assert.Equal(right, QuotaOptions.Explain(new() { PodNetworks = [network] }) is null);

    [Fact]
    public void Settings_that_change_what_is_rendered_change_the_signature()
    {
        RenderSettings[] different =
        [
            Inputs.Settings,
            Inputs.Settings with { Exposure = new() { Host = "other" } },
            Inputs.Settings with { Options = new() { TerminationGraceSeconds = 60 } },
            Inputs.Settings with { Quota = new() { PodNetworks = ["10.0.0.0/8"] } },
            Inputs.Settings with { PolicyV1 = false },
        ];

        Assert.Equal(different.Length, different.Select(s => s.Signature).Distinct().Count());
        Assert.Equal(Inputs.Settings.Signature, new RenderSettings(new(), new(), new(), true, false).Signature);
    }

    private static T Find<T>()
        where T : class => ProjectRenderer.Render(Input).OfType<T>().Single();
}
