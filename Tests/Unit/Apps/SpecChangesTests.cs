using Slipway.Api.Apps;
using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Apps;

public sealed class SpecChangesTests
{
    private static readonly AppSpec Spec = new() { Image = "shop:1", Port = 8080, Replicas = 2, Resources = Resources.Default, HealthPath = "/healthz" };
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public void What_a_patch_leaves_out_stays_as_it_is()
    {
        var merged = SpecChanges.Merge("shop", Spec, new PatchApp { Image = "shop:2" }, Nothing);

        Assert.Equal(("shop:2", 8080, 2, "/healthz"), (merged.Image, merged.Port!.Value, merged.Replicas, merged.HealthPath));
    }

    [Fact]
    public void An_app_that_becomes_a_worker_has_no_health_path_any_more()
    {
        var merged = SpecChanges.Merge("shop", Spec, new PatchApp { Port = new(null) }, Nothing);

        Assert.Null(merged.Port);
        Assert.Null(merged.HealthPath);
    }

    [Fact]
    public void Null_removes_a_variable_and_the_others_stay()
    {
        var merged = SpecChanges.Merge(new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" }, new Dictionary<string, string?> { ["A"] = null, ["C"] = "3" });

        Assert.Equal(new Dictionary<string, string> { ["B"] = "2", ["C"] = "3" }, merged);
    }

    [Fact]
    public void A_change_is_described_without_the_values_of_variables()
    {
        var words = SpecChanges.Describe(Spec, Spec with { Image = "shop:2", Replicas = 1 },
            new Dictionary<string, string> { ["KEY"] = "old secret" }, new Dictionary<string, string> { ["KEY"] = "new secret" });

        Assert.Equal("Changed image shop:2, 1 replica, variable KEY", words);
    }

    [Fact]
    public void A_patch_that_changes_nothing_has_no_description() => Assert.Null(SpecChanges.Describe(Spec, Spec with { }, Nothing, Nothing));
}
