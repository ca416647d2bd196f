using System.Net;
using System.Text;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Api.Notifications;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Alerts;

/// <summary>What the API makes of what Alertmanager posts.</summary>
public sealed class AlertTests(Platform platform, NotificationStage stage) : PlatformTest(platform), IClassFixture<NotificationStage>
{
    private static readonly DateTimeOffset Began = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_alert_is_raised_told_resolved_and_kept_however_often_it_is_said()
    {
        using var user = await stage.NewUser();
        var project = await NewProject(user, "raised");
        for (var i = 0; i < 3; i++)
        {
            await Post(Alert("firing", project, "shop", "AppDown", "f1"));
        }

        var open = Assert.Single((await user.Client.AlertsOfApp(project, "shop")).Items);
        Assert.Equal(("AppDown", "Down", AlertSeverity.Critical, "shop", Began, true), (open.Rule, open.Title, open.Severity, open.App!, open.Since, open.Open));
        Assert.Equal(open, Assert.Single((await user.Client.Alerts(project)).Items));
        Assert.Equal(open, Assert.Single((await user.Client.OpenAlerts()).Items));

        for (var i = 0; i < 2; i++)
        {
            await Post(Alert("resolved", project, "shop", "AppDown", "f1", end: Began.AddMinutes(7)));
        }

        var past = Assert.Single((await user.Client.AlertsOfApp(project, "shop")).Items);
        Assert.Equal((open.Id, Began.AddMinutes(7), false), (past.Id, past.Until, past.Open));
        Assert.Empty((await user.Client.OpenAlerts()).Items);
        Assert.Empty((await user.Client.Alerts(project, open: true)).Items);

        // The next time is another one.
        await Post(Alert("firing", project, "shop", "AppDown", "f1", begin: Began.AddHours(1)));
        Assert.Equal(2, (await user.Client.AlertsOfApp(project, "shop")).Total);
        await Told(user, project, 3);
        Assert.Equal([("firing", "shop: Down"), ("resolved", "shop: over (Down)"), ("firing", "shop: Down")], Messages(project).Select(m => (m.State, m.Title)));
        Assert.Equal("It is over after 7 min.", Messages(project)[1].Text);
    }

    [Fact]
    public async Task An_alert_that_Prometheus_begins_anew_after_a_restart_is_the_same_one()
    {
        using var user = await stage.NewUser();
        var project = await NewProject(user, "again");
        await Post(Alert("firing", project, "shop", "AppDown", "g1"));
        await Post(Alert("firing", project, "shop", "AppDown", "g1", begin: Began.AddMinutes(3)));
        Assert.Equal(Began, Assert.Single((await user.Client.AlertsOfApp(project, "shop")).Items).Since);
        await Post(Alert("resolved", project, "shop", "AppDown", "g1", begin: Began.AddMinutes(3), end: Began.AddMinutes(9)));
        Assert.Equal(Began.AddMinutes(9), Assert.Single((await user.Client.AlertsOfApp(project, "shop")).Items).Until);
        await Told(user, project, 2);
    }

    [Fact]
    public async Task An_alert_that_Alertmanager_forgets_counts_as_over_until_it_speaks_of_it_again()
    {
        using var user = await stage.NewUser();
        var project = await NewProject(user, "forgotten");
        await Post(Alert("firing", project, "shop", "AppDown", "k1"));
        var impatient = await ApiProcess.Start(stage.Database, settings: new Dictionary<string, string?>(stage.Settings) { ["Alerts__ForgetHours"] = "0.001" });
        try
        {
            await Wait.Until("it to count as over", async cancel => !Assert.Single((await user.Client.AlertsOfApp(project, "shop", cancel: cancel)).Items).Open);
        }
        finally
        {
            await impatient.DisposeAsync();
        }

        await Told(user, project, 2);
        Assert.Equal("resolved", Messages(project)[1].State);
        Assert.Matches("^Alertmanager has said nothing of it for [0-9]+ (s|min), so it counts as over.$", Messages(project)[1].Text);

        await Post(Alert("firing", project, "shop", "AppDown", "k1"));
        Assert.True(Assert.Single((await user.Client.AlertsOfApp(project, "shop")).Items).Open);
        await Told(user, project, 3);
    }

    [Fact]
    public async Task A_silenced_alert_is_shown_and_told_when_the_silence_ends_before_it_does()
    {
        using var user = await stage.NewUser();
        var project = await NewProject(user, "silence");
        var until = DateTimeOffset.UtcNow.AddHours(1);
        var rule = await user.Client.Silence(project, "shop", "AppDown", until);
        Assert.Equal(user.Email, rule.SilencedBy);
        Assert.Equal(until, rule.SilencedUntil!.Value, TimeSpan.FromMilliseconds(1));
        await Post(Alert("firing", project, "shop", "AppDown", "h1"), Alert("firing", project, "shop", "AppCrashLooping", "h2"));
        Assert.NotNull((await user.Client.AlertsOfApp(project, "shop")).Items.Single(a => a.Rule == "AppDown").SilencedUntil);
        await Told(user, project, 1);
        await user.Client.EndSilence(project, "shop", "AppDown");
        await Post(Alert("firing", project, "shop", "AppDown", "h1"));
        await Told(user, project, 2);
        Assert.Equal(["AppCrashLooping", "AppDown"], Messages(project).Select(m => m.Rule!));

        foreach (var wrong in (DateTimeOffset[])[DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(91)])
        {
            using var answer = await user.SendJson(HttpMethod.Put, $"/api/projects/{project}/apps/shop/alert-rules/AppDown/silence", new PutSilence(wrong));
            await answer.NamesField("until");
        }
    }

    [Fact]
    public async Task A_threshold_is_changed_for_one_app_and_shown_to_Prometheus()
    {
        using var user = await stage.NewUser();
        var project = await NewProject(user, "limits");
        var changed = await user.Client.SetThreshold(project, "shop", "AppCpuNearLimit", 50);
        Assert.Equal((50, 90, "A replica uses more than 50 % of its CPU limit for some time, and is slowed down when it reaches it."), (changed.Threshold!.Value, changed.Default!.Value, changed.Meaning));
        using (var http = stage.Api.Http())
        {
            var series = await http.GetStringAsync("/metrics/apps");
            Assert.Contains($$"""slipway_app_threshold{project="{{project}}",app="shop",rule="AppCpuNearLimit"} 50""", series);
            Assert.Contains($$"""slipway_app_threshold{project="{{project}}",app="shop",rule="AppMemoryNearLimit"} 90""", series);
        }

        Assert.Equal(90, (await user.Client.ResetThreshold(project, "shop", "AppCpuNearLimit")).Threshold);
        foreach (var (rule, value, status) in ((string, double, HttpStatusCode)[])[("AppCpuNearLimit", 0, HttpStatusCode.BadRequest), ("AppCpuNearLimit", 101, HttpStatusCode.BadRequest), ("AppDown", 5, HttpStatusCode.BadRequest), ("Nonsense", 5, HttpStatusCode.NotFound)])
        {
            await user.Client.SetThreshold(project, "shop", rule, value).IsRefused(status);
        }
    }

    [Fact]
    public async Task Alerts_come_from_Alertmanager_alone_and_are_understood_or_refused()
    {
        foreach (var (token, status) in ((string?, HttpStatusCode)[])[(null, HttpStatusCode.Unauthorized), ("wrong", HttpStatusCode.Unauthorized), (NotificationStage.AlertToken + "x", HttpStatusCode.Unauthorized), (NotificationStage.AlertToken, HttpStatusCode.NoContent)])
        {
            Assert.Equal(status, await Send("""{"version":"4","alerts":[]}""", token));
        }

        foreach (var body in (string[])["", "{}", "[]", "null", """{"version":"3","alerts":[]}""", """{"version":"4"}""", """{"version":"4","alerts":[null]}""", """{"version":"4","alerts":[{"status":"odd","labels":{},"fingerprint":"x"}]}""", """{"version":"4","alerts":[{"status":"firing","fingerprint":"x"}]}"""])
        {
            Assert.Equal(HttpStatusCode.BadRequest, await Send(body, NotificationStage.AlertToken));
        }

        // What is about nothing that there is, is passed over, and what is odd does no harm.
        await Post(Alert("firing", "no-such-project", "shop", "AppDown", "i1"), Alert("firing", "Not a \0 name", "shop", "AppDown", "i2"));
        using var nobody = await TestUser.Register(await Platform.Api());
        Assert.Empty((await nobody.Client.OpenAlerts()).Items);
        using var http = (await Platform.Api()).Http();
        using var answer = await http.PostAsync("/api/alerts/webhook", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Contains("Alerts:Token", (await answer.IsProblem(HttpStatusCode.NotFound)).Title);
    }

    [Fact]
    public async Task Alerts_of_a_project_are_for_who_is_in_it_and_those_of_the_platform_for_administrators()
    {
        using var user = await stage.NewUser();
        using var viewer = await stage.NewUser();
        using var stranger = await stage.NewUser();
        var project = await NewProject(user, "seen");
        await user.Client.PutCollaborator(project, viewer.Email, new(Role.Viewer));
        await Post(Alert("firing", project, "shop", "AppDown", "j1"), Alert("firing", null, null, "SlipwayQueueStuck", "j2"));
        Assert.Equal("AppDown", Assert.Single((await viewer.Client.OpenAlerts()).Items).Rule);
        Assert.Empty((await stranger.Client.OpenAlerts()).Items);
        await stranger.Client.Alerts(project).IsRefused(HttpStatusCode.NotFound);
        await stranger.Client.AlertRulesOf(project, "shop").IsRefused(HttpStatusCode.NotFound);
        await viewer.Client.Silence(project, "shop", "AppDown", DateTimeOffset.UtcNow.AddHours(1)).IsRefused(HttpStatusCode.Forbidden);
        await viewer.Client.SetThreshold(project, "shop", "AppCpuNearLimit", 10).IsRefused(HttpStatusCode.Forbidden);
        await viewer.Client.PlatformAlerts().IsRefused(HttpStatusCode.Forbidden);
        var elsewhere = await stranger.NewProject("else");
        using var program = stranger.Program(stage.Api, await stranger.Client.CreateToken(new("one", Role.Creator, 1) { Project = elsewhere }));
        Assert.Empty((await program.Client.OpenAlerts()).Items);
        Assert.Equal(8, (await viewer.Client.AlertRulesOf(project, "shop")).Count);
    }

    private async Task<string> NewProject(TestUser user, string about)
    {
        var project = await user.NewProject(about);
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await user.Client.CreateChannel(project, new() { Name = "Hook", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.Alerts], Url = $"{stage.Receiver.Address}hook/{project}", Secret = NotificationStage.Secret });
        return project;
    }

    private IReadOnlyList<WebhookMessage> Messages(string project) => [.. stage.Hooks(project).Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!)];

    private async Task Told(TestUser user, string project, int count)
    {
        await Wait.Until("nothing to wait", async cancel => (await user.Client.Channels(project, cancel: cancel)).Items.All(c => c.Waiting == 0));
        Assert.Equal(count, stage.Hooks(project).Count);
    }

    private static object Alert(string status, string? project, string? app, string rule, string fingerprint, DateTimeOffset? begin = null, DateTimeOffset? end = null)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = rule, ["severity"] = rule is "AppRestarting" ? "warning" : "critical" };
        if (project is not null)
        {
            labels["project"] = project;
        }

        if (app is not null)
        {
            labels["app"] = app;
        }

        return new
        {
            status,
            labels,
            annotations = new Dictionary<string, string> { ["summary"] = "It is down.", ["advice"] = "Look at it." },
            startsAt = begin ?? Began,
            endsAt = end ?? DateTimeOffset.MinValue,
            generatorURL = "http://prometheus/graph",
            fingerprint = $"{fingerprint}-{project}",
        };
    }

    private async Task Post(params object[] alerts) => Assert.Equal(HttpStatusCode.NoContent,
        await Send(JsonSerializer.Serialize(new { version = "4", groupKey = "{}", status = "firing", receiver = "slipway", truncatedAlerts = 0, alerts }), NotificationStage.AlertToken));

    private async Task<HttpStatusCode> Send(string body, string? token)
    {
        using var http = stage.Api.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/alerts/webhook") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
