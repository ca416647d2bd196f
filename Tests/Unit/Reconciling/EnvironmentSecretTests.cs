using Slipway.Api.Cluster.Rendering;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class EnvironmentSecretTests
{
    [Theory]
    [InlineData("shop", "shop-env-7", 7)]
    [InlineData("shop", "shop-env-", null)]
    [InlineData("shop", "shop-env-x", null)]
    [InlineData("shop", "shop-env-1-env-2", null)]
    [InlineData("shop-env-1", "shop-env-1-env-2", 2)]
    [InlineData("shop", "other-env-7", null)]
    public void Its_name_says_which_release_it_belongs_to(string app, string name, int? release) => Assert.Equal(release, EnvironmentSecret.Release(app, name));
}
