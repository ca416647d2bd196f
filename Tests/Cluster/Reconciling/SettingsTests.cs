using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Reconciling;

[Collection(ChaosCollection.Name)]
public sealed class SettingsTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Settings_that_change_reach_the_apps_that_are_there()
    {
        var database = Own(await TestDatabase.Create());
        var before = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(before);
        var project = await user.NewProject("settings");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await Wait.For("the Deployment", _ => Cluster.Deployment(project, "shop"), found => found is not null);
        await Wait.Until("the work to be done", async _ => await database.Scalar<long>("SELECT count(*) FROM work_items") == 0);
        await before.DisposeAsync();

        Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Cluster__TerminationGraceSeconds"] = "77" }));

        await Wait.For("the new setting", async _ => (await Cluster.Deployment(project, "shop"))!.Spec.Template.Spec.TerminationGracePeriodSeconds, seconds => seconds == 77);
        await Wait.Until("the work to be done", async _ => await database.Scalar<long>("SELECT count(*) FROM work_items") == 0);
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM timeline WHERE kind = 'Repaired'"));
    }

    [Theory]
    [InlineData("Exposure__Mode", "Ingress", "Exposure:Domain is missing")]
    [InlineData("Exposure__Scheme", "ftp", "Exposure:Scheme")]
    [InlineData("Cluster__Workers", "0", "Cluster:Workers")]
    [InlineData("Cluster__DrainSeconds", "30", "Cluster:DrainSeconds")]
    [InlineData("Projects__Quota__RequestsCpu", "much", "Projects:Quota:RequestsCpu")]
    public async Task Wrong_settings_stop_the_process_with_a_sentence(string name, string value, string sentence)
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(ApiProcess.Spawn(database, settings: new Dictionary<string, string?> { [name] = value }));

        await Assert.ThrowsAnyAsync<Exception>(api.Ready);
        Assert.Contains(sentence, api.Log, StringComparison.Ordinal);
    }
}
