using System.Diagnostics;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Notifications;

/// <summary>What happens is told once, whatever breaks in between.</summary>
public sealed class DeliveryTests(Platform platform, NotificationStage stage) : PlatformTest(platform), IClassFixture<NotificationStage>
{
    [Fact]
    public async Task Changes_of_roles_are_told_by_every_channel_once_and_in_order()
    {
        using var user = await stage.NewUser();
        using var guest = await stage.NewUser();
        var project = await user.NewProject("roles");
        await stage.AllChannels(user, project);
        foreach (var role in (Role[])[Role.Viewer, Role.Editor, Role.Viewer])
        {
            await user.Client.PutCollaborator(project, guest.Email, new(role));
        }

        await user.Client.PutCollaborator(project, guest.Email, new(Role.Viewer));
        await user.Client.RemoveCollaborator(project, guest.Email);
        string[] expected = [$"{user.Email} made {guest.Email} viewer.", $"{user.Email} made {guest.Email} editor.", $"{user.Email} made {guest.Email} viewer.", $"{user.Email} removed {guest.Email}."];
        await Wait.UntilNothingIsMissing("every channel to have told all of it", async cancel => (await user.Client.Channels(project, cancel: cancel)).Items.FirstOrDefault(c => c.Waiting > 0)?.ToString());
        Assert.Equal(expected, stage.Hooks(project).Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!.Text));
        Assert.Equal(expected, stage.Mail.Received.Where(m => MailServer.IsTo(m, $"team.{project}@example.com")).Select(m => m.TextBody!.Split('\n')[0].Trim()));
        Assert.Equal(expected, stage.Telegram.Texts.Where(t => t.Contains(project, StringComparison.Ordinal)).Select(t => t.Split('\n')[2]));
        Assert.Equal(4, stage.Receiver.Received.Count(r => r.Path == $"/slack/{project}"));
        Assert.Equal(4, stage.Hooks(project).Select(r => r.Headers["Slipway-Delivery"]).Distinct().Count());
    }

    [Fact]
    public async Task What_a_receiver_that_is_away_has_missed_arrives_once_when_it_is_back()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("away");
        var receiver = Own(new HttpReceiver());
        await user.Client.CreateChannel(project, new() { Name = "Away", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.RoleChanges], Url = $"{receiver.Address}", Secret = NotificationStage.Secret });
        var people = Enumerable.Range(0, 3).Select(_ => Names.Email()).ToList();
        foreach (var email in people)
        {
            await user.Client.PutCollaborator(project, email, new(Role.Viewer));
        }

        var trouble = await Wait.For("some tries to fail", async cancel => Assert.Single((await user.Client.Channels(project, cancel: cancel)).Items), c => c.Trouble is not null);
        Assert.Equal((3, "No connection could be made."), (trouble.Waiting, trouble.Trouble));
        await Wait.Until("several tries of the first", async cancel => (await user.Client.Deliveries(project, DeliveryState.Waiting, new() { Sort = "at" }, cancel)).Items[0].Attempts >= 3);
        Assert.All((await user.Client.Deliveries(project, DeliveryState.Waiting, new() { Sort = "at" })).Items.Skip(1), d => Assert.Equal(0, d.Attempts));

        receiver.Status = 503;
        await receiver.Start();
        await Wait.Until("it to be refused", _ => Task.FromResult(receiver.Refused >= 2));
        receiver.Status = 202;
        await Wait.Until("all to be there", async cancel => (await user.Client.Deliveries(project, DeliveryState.Sent, cancel: cancel)).Total == 3);
        Assert.Equal(people, receiver.Received.Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!.Text.Split(' ')[2]));
    }

    [Fact]
    public async Task What_a_receiver_misses_in_two_minutes_arrives_once_when_it_is_back_as_the_platform_is_delivered()
    {
        // Tries are as far apart as an operator has them who sets nothing.
        var settings = new Dictionary<string, string?>(stage.Settings) { ["Notifications__FirstRetrySeconds"] = null, ["Notifications__LongestRetrySeconds"] = null };
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: settings));
        using var administrator = await TestUser.Register(api, user => NotificationStage.Confirm(database, user.Email));
        var project = await administrator.NewProject("minutes");
        var receiver = Own(new HttpReceiver());
        await administrator.Client.CreateChannel(project, new() { Name = "Away", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.RoleChanges], Url = $"{receiver.Address}", Secret = NotificationStage.Secret });
        var people = Enumerable.Range(0, 3).Select(_ => Names.Email()).ToList();
        var away = Stopwatch.StartNew();
        foreach (var email in people)
        {
            await administrator.Client.PutCollaborator(project, email, new(Role.Viewer));
        }

        var waiting = await Wait.For("two minutes to pass", async cancel => (await administrator.Client.Deliveries(project, DeliveryState.Waiting, new() { Sort = "at" }, cancel)).Items,
            _ => away.Elapsed > TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
        Assert.Equal(3, waiting.Count);
        Assert.InRange(waiting[0].Attempts, 4, 7);
        await receiver.Start();
        await Wait.Until("all to be there", async cancel => (await administrator.Client.Deliveries(project, DeliveryState.Sent, cancel: cancel)).Total == 3, TimeSpan.FromMinutes(4));
        Assert.Equal(people, receiver.Received.Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!.Text.Split(' ')[2]));
        Assert.Equal(0, receiver.Refused);
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_shown_and_tried_again_when_somebody_says_so()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("dead");
        var receiver = Own(new HttpReceiver { Status = 410 });
        await receiver.Start();
        var channel = await user.Client.CreateChannel(project, new() { Name = "Gone", Kind = ChannelKind.Slack, Events = [NotifiedEvent.RoleChanges], Url = $"{receiver.Address}secret-path" });
        await user.Client.PutCollaborator(project, Names.Email(), new(Role.Viewer));
        await user.Client.PutCollaborator(project, Names.Email(), new(Role.Viewer));
        var dead = await Wait.For("both to be given up", cancel => user.Client.Deliveries(project, DeliveryState.Dead, cancel: cancel), d => d.Total == 2);
        Assert.All(dead.Items, d => Assert.Equal("It answered 410 Gone.", d.Error));
        Assert.Equal(2, Assert.Single((await user.Client.Channels(project)).Items).Dead);

        receiver.Status = 200;
        await user.Client.RetryDelivery(project, dead.Items[0].Id);
        await user.Client.DeleteDelivery(project, dead.Items[1].Id);
        await Wait.Until("it to be there", async cancel => (await user.Client.Deliveries(project, DeliveryState.Sent, cancel: cancel)).Items.SingleOrDefault()?.Id == dead.Items[0].Id);
        Assert.Single(receiver.Received);
        Assert.Equal(0, (await user.Client.Deliveries(project, DeliveryState.Dead)).Total);
        Assert.NotNull(Assert.Single((await user.Client.Channels(project)).Items, c => c.Id == channel.Id).LastSentAt);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("redirect");
        var receiver = Own(new HttpReceiver { Status = 307 });
        await receiver.Start();
        var channel = await user.Client.CreateChannel(project, new() { Name = "Moved", Kind = ChannelKind.Slack, Events = [NotifiedEvent.RoleChanges], Url = $"{receiver.Address}" });
        var test = await user.Client.TestChannel(project, channel.Id);
        Assert.True(!test.Delivered && test.Answer.Contains("307", StringComparison.Ordinal), test.ToString());
    }

    [Fact]
    public async Task A_release_that_runs_and_one_that_fails_are_told_once_although_two_processes_watch()
    {
        using var user = await stage.NewUser();
        var other = Own(await ApiProcess.Start(stage.Database, settings: stage.Settings));
        var project = await user.NewProject("deploys");
        await user.Client.CreateChannel(project, new() { Name = "Deploys", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.Deploys, NotifiedEvent.FailedDeploys], Url = $"{stage.Receiver.Address}hook/{project}", Secret = NotificationStage.Secret });
        await user.Client.CreateApp(project, Small("shop"));
        await AppIs(user.Client, project, "shop", AppState.Running);
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:nope") });
        await Wait.Until("the failed release to be told", _ => Task.FromResult(stage.Hooks(project).Count >= 2));
        await user.Client.RestartApp(project, "shop");
        await user.Client.PatchApp(project, "shop", new() { Image = TestEnvironment.Sample("sample-http:2") });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 3);
        await Wait.Until("the third release to be told", _ => Task.FromResult(stage.Hooks(project).Count >= 3));
        var told = stage.Hooks(project).Select(r => JsonSerializer.Deserialize<WebhookMessage>(r.Body, SlipwayJson.Options)!).ToList();
        Assert.Equal([(NotifiedEvent.Deploys, "ready", "shop: release 1 runs"), (NotifiedEvent.FailedDeploys, "failed", "shop: release 2 failed"), (NotifiedEvent.Deploys, "ready", "shop: release 3 runs")],
            told.Select(t => (t.Event!.Value, t.State, t.Title)));
        Assert.EndsWith($"/projects/{project}/apps/shop", told[0].Link);
        Assert.NotEqual(0, other.Id);
    }
}
