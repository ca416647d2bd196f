using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Api.Notifications;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>The portal in front of an API that takes alerts and tells of them.</summary>
public sealed class AlertBrowser(Platform platform) : Browser(platform)
{
    internal NotificationStage Stage { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await Stage.InitializeAsync();
        await base.InitializeAsync();
    }

    private protected override Task<ApiProcess> Api() => Task.FromResult(Stage.Api);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Stage.DisposeAsync();
    }
}

public sealed class AlertPagesTests(Platform platform, AlertBrowser browser) : PlatformTest(platform), IClassFixture<AlertBrowser>
{
    private NotificationStage Stage => browser.Stage;

    [Fact]
    public async Task A_creator_sets_a_channel_up_tests_it_silences_an_alert_and_has_a_message_tried_again()
    {
        using var user = await Stage.NewUser();
        var project = await user.NewProject("bell");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(new(1280, 800, Dark: false));
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}");
        await visitor.Click("project-tab-notifications");
        await visitor.Click("create-first-channel");
        await visitor.Type("channel-name", "Ops chat");
        await visitor.Click("channel-submit");
        await Expect(visitor.Page.GetByText("Which bot? Its token, please.")).ToBeVisibleAsync();
        await visitor.Type("channel-botToken", TelegramServer.Token);
        await visitor.Type("channel-chat", TelegramServer.Chat);
        await visitor.Click("channel-submit");
        await visitor.Says("channel-target", TelegramServer.Chat);
        await visitor.Click("channel-test");
        await visitor.Says("channel-answer", "Delivered.");
        await Expect(visitor.Page.Locator("body")).Not.ToContainTextAsync(TelegramServer.Token);

        // The bell rings by itself, and leads to the alert.
        await Post(project, "shop", ("firing", "AppDown", -10));
        await visitor.Says("bell-count", "1");
        await visitor.Click("alert-bell");
        await visitor.Click("bell-alert");
        await visitor.IsAt($"/projects/{project}/apps/shop");
        await Expect(visitor.Part("alert-row").First).ToHaveAttributeAsync("data-open", "true");
        await Wait.Until("it to be told", _ => Task.FromResult(Stage.Telegram.Texts.Any(t => t.Contains("shop: Down", StringComparison.Ordinal))));
        var rule = visitor.Page.Locator("[data-rule=AppDown]").Filter(new() { Has = visitor.Part("rule-silence") });
        await rule.GetByTestId("rule-silence").ClickAsync();
        await visitor.Click("silence-1");
        await visitor.Says("rule-silenced", "silenced");
        var cpu = visitor.Page.Locator("[data-rule=AppCpuNearLimit]");
        await cpu.GetByTestId("rule-threshold").FillAsync("75");
        await cpu.GetByTestId("rule-set").ClickAsync();
        await Expect(cpu).ToContainTextAsync("75");
        Assert.Equal(75, (await user.Client.AlertRulesOf(project, "shop")).Single(r => r.Rule == "AppCpuNearLimit").Threshold);

        await Post(project, "shop", ("resolved", "AppDown", -10));
        await Expect(visitor.Part("bell-count")).ToHaveCountAsync(0);
        await Expect(visitor.Part("alert-row").First).ToHaveAttributeAsync("data-open", "false");

        // A chat that the bot was thrown out of.
        var channel = (await user.Client.Channels(project)).Items[0];
        await user.Client.PatchChannel(project, channel.Id, new() { Chat = "-42", Events = [NotifiedEvent.RoleChanges] });
        await user.Client.PutCollaborator(project, Names.Email(), new(Role.Viewer));
        await visitor.Open($"/projects/{project}/notifications");
        await visitor.Says("dead-letter", "chat not found");
        await user.Client.PatchChannel(project, channel.Id, new() { Chat = TelegramServer.Chat });
        await visitor.Click("retry-delivery");
        await Expect(visitor.Part("dead-letter")).ToHaveCountAsync(0);
        await Wait.Until("it to be told", _ => Task.FromResult(Stage.Telegram.Texts.Any(t => t.Contains($"Collaborators of {project}", StringComparison.Ordinal))));
        visitor.HadNothingToComplainAbout();
    }

    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(1280, 800, true)]
    [InlineData(390, 844, false)]
    [InlineData(390, 844, true)]
    public async Task Every_page_about_alerts_fits_its_screen_and_can_be_used_by_everybody(int width, int height, bool dark)
    {
        using var user = await Stage.NewUser();
        var project = await user.NewProject("alerts");
        await user.Client.CreateApp(project, Small("mailer", "sample-crash:1", port: null));
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(new(width, height, dark));
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}/notifications");
        await visitor.Part("channels-empty").WaitForAsync();
        await visitor.Look("notifications-empty");
        await Stage.AllChannels(user, project);
        await user.Client.CreateChannel(project, new() { Name = "Gone", Kind = ChannelKind.Slack, Events = [NotifiedEvent.Alerts], Url = $"{Stage.Telegram.Address}nothing-here" });
        await Post(project, "mailer", ("firing", "AppCrashLooping", -12), ("firing", "AppDown", -11), ("firing", "AppRestarting", -9), ("resolved", "AppMemoryNearLimit", -3000));
        await user.Client.Silence(project, "mailer", "AppRestarting", DateTimeOffset.UtcNow.AddHours(8));
        await user.Client.SetThreshold(project, "mailer", "AppCpuNearLimit", 75);
        await visitor.Part("dead-letter").First.WaitForAsync();
        await visitor.Part("channel").Nth(4).WaitForAsync();
        await visitor.Page.Locator("[data-channel='Ops chat']").GetByTestId("channel-test").ClickAsync();
        await visitor.Part("channel-answer").WaitForAsync();
        await visitor.Look("notifications");
        await visitor.Click("create-channel");
        await visitor.Part("channel-submit").WaitForAsync();
        await visitor.Look("new-channel");
        await visitor.Click("channel-cancel");

        await visitor.Open($"/projects/{project}/alerts");
        await visitor.Part("alert-row").Nth(3).WaitForAsync();
        await visitor.Look("project-alerts");
        await visitor.Click("alert-bell");
        await visitor.Part("bell-alert").First.WaitForAsync();
        await visitor.Look("bell");
        await visitor.Open($"/projects/{project}/apps/mailer");
        await visitor.Part("alert-strip").WaitForAsync();
        await visitor.Part("crash-link").First.WaitForAsync();
        await visitor.Look("app-in-trouble");
        await visitor.Part("crash-link").First.ClickAsync();
        await visitor.Says("crash-lines", "configuration is missing");
        await visitor.Look("crashes");
        await visitor.Open($"/projects/{project}/apps/mailer?tab=alerts");
        await visitor.Part("alert-rule").Nth(7).WaitForAsync();
        await visitor.Part("rule-silenced").WaitForAsync();
        await visitor.Look("app-alerts");
        visitor.HadNothingToComplainAbout();
    }

    private async Task Post(string project, string app, params (string Status, string Rule, int Minutes)[] alerts)
    {
        var words = new Dictionary<string, (string Summary, string Advice)>
        {
            ["AppDown"] = ($"{app} is down: none of its replicas is ready, so nobody reaches it.", "Open the app: its page says what is wrong. If it came with a new release, roll back to one that ran."),
            ["AppCrashLooping"] = ($"{app} crashes again and again, and the cluster waits longer and longer before it starts it again.", "Look under Logs at what it wrote before it crashed."),
            ["AppRestarting"] = ($"Containers of {app} were started again 5 times within 15 minutes.", "Look under Logs at what it wrote before it ended, and at its memory."),
            ["AppMemoryNearLimit"] = ($"A replica of {app} uses 94 % of its memory limit; when it needs more than that it is ended.", "Give it a higher memory limit under Settings before that happens."),
        };
        var now = DateTimeOffset.UtcNow;
        var body = JsonSerializer.Serialize(new
        {
            version = "4",
            alerts = alerts.Select(a => new
            {
                status = a.Status,
                labels = new Dictionary<string, string> { ["alertname"] = a.Rule, ["project"] = project, ["app"] = app, ["severity"] = AlertRules.Find(a.Rule)!.Severity.ToString().ToLowerInvariant() },
                annotations = new { summary = words[a.Rule].Summary, advice = words[a.Rule].Advice },
                startsAt = now.AddMinutes(a.Minutes),
                endsAt = now.AddMinutes(a.Minutes + 8),
                fingerprint = $"{a.Rule}-{project}-{app}"[..Math.Min(64, $"{a.Rule}-{project}-{app}".Length)],
            }),
        });
        using var http = Stage.Api.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", NotificationStage.AlertToken);
        using var answer = await http.PostAsync("/api/alerts/webhook", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
