using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Api.Notifications;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Alerting;

/// <summary>Apps in trouble, from the cluster over Prometheus and Alertmanager to whoever is to hear of it.</summary>
[Collection(ChaosCollection.Name)]
public sealed class TroubleTests(Platform platform, NotificationStage stage) : PlatformTest(platform), IClassFixture<NotificationStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static readonly (string App, string Rule)[] Troubles =
        [("crash", "AppCrashLooping"), ("typo", "AppImageNotPulled"), ("hungry", "AppOutOfMemoryKilled"), ("busy", "AppCpuNearLimit"), ("sick", "AppDown")];

    [Fact]
    public async Task Every_trouble_of_an_app_is_told_once_by_every_channel_over_by_itself_and_remembered()
    {
        using var rules = new AlertingStage();
        var monitoring = Own(await Infrastructure.Monitoring.Start(stage.Api.Address, alertsToken: NotificationStage.AlertToken, change: rules.Change));
        using var user = await stage.NewUser();
        var project = await user.NewProject("trouble");
        var client = user.Client;
        await stage.AllChannels(user, project);
        await client.CreateApp(project, Small("hungry"));
        await client.CreateApp(project, Small("busy") with { Resources = new(0.1m, 32) });
        await client.SetThreshold(project, "busy", "AppCpuNearLimit", 60);
        await AppIs(client, project, "hungry", AppState.Running);
        var busy = await AppIs(client, project, "busy", AppState.Running);

        // The webhook's receiver is away while all of it happens.
        await stage.Receiver.Stop();
        await client.CreateApp(project, Small("crash", "sample-crash:1", port: null));
        await client.CreateApp(project, Small("typo", "sample-http:nope"));
        await client.CreateApp(project, Small("sick") with { Replicas = 2, HealthPath = "/healthz", Environment = new Dictionary<string, string> { ["NEVER_HEALTHY"] = "1" } });
        using var http = new HttpClient { Timeout = Patience };
        var burning = Burn(http, busy.Address!);
        await Ask(http, (await client.App(project, "hungry")).Address!, "/alloc?mb=200&ms=2000");
        await Wait.UntilNothingIsMissing("every trouble to be an alert", async cancel =>
        {
            var alerts = (await client.Alerts(project, new() { Limit = 100 }, cancel: cancel)).Items;
            return Missing(t => alerts.Any(a => (a.App, a.Rule) == t));
        }, Patience);
        var channels = await Wait.For("the chat and the mail server to have all of it", cancel => client.Channels(project, cancel: cancel),
            c => c.Items.All(i => i.Kind is ChannelKind.Webhook or ChannelKind.Slack ? i.Waiting > 0 : i.Waiting == 0));
        Assert.NotEmpty(channels.Items);

        // Killed between the alerts and their delivery; the receiver comes back first.
        await stage.Api.KillHard();
        await stage.Receiver.Start();
        await stage.Api.Restart();
        await stage.Api.Ready();

        await client.PatchApp(project, "crash", new() { Image = TestEnvironment.Sample("sample-http:1"), Port = 8080 });
        await client.PatchApp(project, "typo", new() { Image = TestEnvironment.Sample("sample-http:1") });
        await client.PatchApp(project, "sick", new() { Environment = new Dictionary<string, string?> { ["NEVER_HEALTHY"] = null } });
        await burning;
        await Wait.UntilNothingIsMissing("every trouble to be over", async cancel =>
        {
            var alerts = (await client.Alerts(project, new() { Limit = 100 }, cancel: cancel)).Items;
            return alerts.FirstOrDefault(a => a.Open) is { } open ? $"{open.App} {open.Rule} is open" : Missing(t => alerts.Any(a => (a.App, a.Rule) == t && a.Until is not null));
        }, Patience);
        await Wait.UntilNothingIsMissing("all to be told", async cancel => (await client.Channels(project, cancel: cancel)).Items.FirstOrDefault(c => c.Waiting > 0 || c.Dead > 0)?.ToString());

        var hooks = stage.Hooks(project).Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!).ToList();
        var mails = stage.Mail.Received.Where(m => MailServer.IsTo(m, $"team.{project}@example.com")).Select(m => m.Subject ?? "").ToList();
        var texts = stage.Telegram.Texts.Where(t => t.Contains($"/projects/{project}/", StringComparison.Ordinal)).Select(t => t.Split('\n')[0]).ToList();
        foreach (var (app, rule) in Troubles)
        {
            Assert.Equal(["firing", "resolved"], hooks.Where(h => h.App == app && h.Rule == rule).Select(h => h.State));
            foreach (var lines in (IReadOnlyList<string>[])[mails, texts])
            {
                Assert.Equal([$"🔴 {app}: {AlertRules.TitleOf(rule)}", $"🟢 {app}: over ({AlertRules.TitleOf(rule)})"],
                    lines.Where(s => s.EndsWith($" {app}: {AlertRules.TitleOf(rule)}", StringComparison.Ordinal) || s.EndsWith($" {app}: over ({AlertRules.TitleOf(rule)})", StringComparison.Ordinal)));
            }

            var history = (await client.AlertsOfApp(project, app)).Items.Where(a => a.Rule == rule).ToList();
            Assert.True(Assert.Single(history) is { Until: { } until } && until > history[0].Since);
        }

        Assert.NotEmpty(monitoring.Log);
    }

    private static string? Missing(Func<(string?, string), bool> found) => Troubles.Where(t => !found(t)).Select(t => $"no {t.Rule} of {t.App}").FirstOrDefault();

    // Four seconds of processor time at a tenth of a core.
    private static Task Burn(HttpClient http, string address) => Ask(http, address, "/burn?ms=4500");

    private static async Task Ask(HttpClient http, string address, string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(new Uri(address), path));
        }
        catch (HttpRequestException)
        {
            // An app that dies of the question does not answer it.
        }
    }
}
