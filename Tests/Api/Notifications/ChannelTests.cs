using System.Net;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Notifications;

public sealed class ChannelTests(Platform platform, NotificationStage stage) : PlatformTest(platform), IClassFixture<NotificationStage>
{
    private static readonly CreateChannel Hook = new() { Name = "Hook", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.Alerts], Url = "https://example.com/hook", Secret = NotificationStage.Secret };

    [Fact]
    public async Task A_channel_is_made_changed_paused_and_deleted_and_never_gives_its_secrets_back()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("channels");
        var canary = $"canary{Guid.NewGuid():N}";
        var made = await user.Client.CreateChannel(project, Hook with { Url = $"https://example.com/{canary}", Secret = canary });
        Assert.Equal(("example.com", true, 0, 0), (made.Target, made.Enabled, made.Waiting, made.Dead));
        Assert.Contains("'Hook'", (await user.Client.CreateChannel(project, Hook).IsRefused(HttpStatusCode.Conflict)).Message);

        var changed = await user.Client.PatchChannel(project, made.Id, new() { Name = "Pager", Events = [NotifiedEvent.Deploys, NotifiedEvent.Alerts], Enabled = false, Url = $"https://example.org/{canary}" });
        Assert.Equal(("Pager", "example.org", false), (changed.Name, changed.Target, changed.Enabled));
        Assert.Equal([NotifiedEvent.Alerts, NotifiedEvent.Deploys], changed.Events);
        await user.Client.CreateChannel(project, new() { Name = "Chat", Kind = ChannelKind.Telegram, Events = [NotifiedEvent.Alerts], BotToken = $"123456:{canary}", Chat = "@ops_chat" });

        foreach (var path in (string[])["notifications/channels", "notifications/deliveries", "audit"])
        {
            using var answer = await user.Send(HttpMethod.Get, $"/api/projects/{project}/{path}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain(canary, await answer.Content.ReadAsStringAsync());
        }

        Assert.DoesNotContain(canary, stage.Api.Log);
        Assert.Equal(0L, await stage.Database.Scalar<long>("SELECT count(*) FROM notification_channels c WHERE c::text LIKE '%' || $1 || '%' OR position(convert_to($1, 'UTF8') IN secret) > 0", canary));
        var actions = (await user.Client.Audit(project, new())).Items.Select(a => a.Action).ToList();
        Assert.Contains("channel.create", actions);
        Assert.Contains("channel.change", actions);

        await user.Client.DeleteChannel(project, made.Id);
        Assert.Equal("Chat", Assert.Single((await user.Client.Channels(project)).Items).Name);
        await user.Client.DeleteChannel(project, made.Id).IsRefused(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_channel_cannot_be_is_said_by_field()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("fields");
        var events = new[] { NotifiedEvent.Alerts };
        foreach (var (request, field) in ((CreateChannel, string)[])
        [
            (Hook with { Name = " " }, "name"), (Hook with { Name = new string('x', 61) }, "name"), (Hook with { Events = [] }, "events"),
            (Hook with { Events = [NotifiedEvent.Alerts, NotifiedEvent.Alerts] }, "events"), (Hook with { Url = null }, "url"), (Hook with { Url = "ftp://example.com" }, "url"),
            (Hook with { Url = "https://me:pw@example.com" }, "url"), (Hook with { Url = "nonsense" }, "url"), (Hook with { Secret = "short" }, "secret"), (Hook with { Secret = null }, "secret"),
            (Hook with { Chat = "1" }, "chat"), (Hook with { BotToken = "1:x" }, "botToken"), (Hook with { Address = "a@example.com" }, "address"),
            (new() { Name = "x", Kind = ChannelKind.Email, Events = events, Address = "nobody" }, "address"), (new() { Name = "x", Kind = ChannelKind.Email, Events = events, Address = "A <a@example.com>" }, "address"),
            (new() { Name = "x", Kind = ChannelKind.Telegram, Events = events, Chat = "1", BotToken = "123/../x" }, "botToken"),
            (new() { Name = "x", Kind = ChannelKind.Telegram, Events = events, BotToken = TelegramServer.Token, Chat = "ops" }, "chat"),
            (new() { Name = "x", Kind = ChannelKind.Slack, Events = events }, "url"), (new() { Name = "x", Kind = ChannelKind.Slack, Events = events, Url = "https://example.com", Secret = NotificationStage.Secret }, "secret"),
        ])
        {
            using var answer = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/notifications/channels", request);
            await answer.NamesField(field);
        }

        using var unknown = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/notifications/channels", new { Hook.Name, Hook.Kind, Hook.Url, Events = (string[])["everything"] });
        Assert.Contains("'alerts', 'failedDeploys', 'deploys' or 'roleChanges'", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var made = await user.Client.CreateChannel(project, Hook);
        using var patch = await user.SendJson(HttpMethod.Patch, $"/api/projects/{project}/notifications/channels/{made.Id}", new PatchChannel { Chat = "1" });
        await patch.NamesField("chat");
    }

    [Fact]
    public async Task A_test_says_what_the_other_side_answered()
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("test");
        var channels = await stage.AllChannels(user, project);
        foreach (var (kind, words) in ((ChannelKind, string)[])[(ChannelKind.Telegram, "message"), (ChannelKind.Email, "taken"), (ChannelKind.Webhook, "200"), (ChannelKind.Slack, "200")])
        {
            var test = await user.Client.TestChannel(project, channels[kind].Id);
            Assert.True(test.Delivered && test.Answer.Contains(words, StringComparison.Ordinal), $"{kind}: {test}");
        }

        var request = Assert.Single(stage.Hooks(project));
        var timestamp = long.Parse(request.Headers["Slipway-Timestamp"]);
        Assert.True(WebhookSignature.IsRight(NotificationStage.Secret, timestamp, request.Body, request.Headers["Slipway-Signature"], DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5)));
        var message = JsonSerializer.Deserialize<WebhookMessage>(request.Body, SlipwayJson.Options)!;
        Assert.Equal(("test", project, request.Headers["Slipway-Delivery"]), (message.State, message.Project, $"{message.Id}"));
        Assert.Contains(stage.Telegram.Texts, t => t.Contains(project, StringComparison.Ordinal));
        Assert.Contains(project, (await stage.Mail.Message($"team.{project}@example.com", "A test")).Subject);

        var wrong = await user.Client.PatchChannel(project, channels[ChannelKind.Telegram].Id, new() { Chat = "-42" });
        var refused = await user.Client.TestChannel(project, wrong.Id);
        Assert.True(!refused.Delivered && refused.Answer.Contains("chat not found", StringComparison.Ordinal), refused.ToString());
        await user.Client.PatchChannel(project, wrong.Id, new() { BotToken = "987654321:AAE-another_token_0123456789abcdef" });
        var unknown = await user.Client.TestChannel(project, wrong.Id);
        Assert.True(!unknown.Delivered && unknown.Answer.Contains("401", StringComparison.Ordinal), unknown.ToString());
    }

    [Fact]
    public async Task Who_is_no_creator_sees_no_channel_and_strangers_see_no_project()
    {
        using var user = await stage.NewUser();
        using var editor = await stage.NewUser();
        using var stranger = await stage.NewUser();
        var (project, other) = (await user.NewProject("mine"), await stranger.NewProject("other"));
        await user.Client.PutCollaborator(project, editor.Email, new(Role.Editor));
        var made = await user.Client.CreateChannel(project, Hook);
        foreach (var (who, at, status) in ((TestUser, string, HttpStatusCode)[])[(editor, project, HttpStatusCode.Forbidden), (stranger, project, HttpStatusCode.NotFound), (stranger, other, HttpStatusCode.NotFound)])
        {
            await who.Client.PatchChannel(at, made.Id, new() { Enabled = false }).IsRefused(status);
            await who.Client.TestChannel(at, made.Id).IsRefused(status);
            await who.Client.DeleteChannel(at, made.Id).IsRefused(status);
            await who.Client.RetryDelivery(at, 1).IsRefused(status);
        }

        await editor.Client.Channels(project).IsRefused(HttpStatusCode.Forbidden);
        await editor.Client.Deliveries(project, DeliveryState.Dead).IsRefused(HttpStatusCode.Forbidden);
        Assert.True(Assert.Single((await user.Client.Channels(project)).Items).Enabled);
    }

    [Fact]
    public async Task An_address_inside_is_refused_unless_the_operator_allows_it()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("inside");
        foreach (var url in (string[])[$"http://127.0.0.1:{stage.Receiver.Address.Port}/hook", $"https://127.0.0.1:{stage.Receiver.Address.Port}/", "https://169.254.169.254/latest", "https://kubernetes.default.svc/", "https://[::1]/"])
        {
            using var answer = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/notifications/channels", Hook with { Url = url });
            await answer.NamesField("url");
        }

        // A name is only known to lead here when the connection is made: this is what the machine calls itself.
        var made = await user.Client.CreateChannel(project, Hook with { Url = $"https://{Dns.GetHostName()}:{stage.Receiver.Address.Port}/hook" });
        var test = await user.Client.TestChannel(project, made.Id);
        Assert.True(!test.Delivered && test.Answer.Contains("private network", StringComparison.Ordinal), test.ToString());
        Assert.DoesNotContain(stage.Receiver.Received, r => r.Path == "/hook");
    }
}
