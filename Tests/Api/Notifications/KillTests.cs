using System.Text;
using System.Text.Json;
using Slipway.Contracts;
using Slipway.Tests.Cluster;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Notifications;

/// <summary>The API is killed somewhere between an alert and its delivery.</summary>
[Collection(ChaosCollection.Name)]
public sealed class NotificationKillTests(Platform platform, NotificationStage stage) : PlatformTest(platform), IClassFixture<NotificationStage>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_told_to_a_process_that_is_killed_is_still_delivered_once(bool whileItIsBeingSent)
    {
        using var user = await stage.NewUser();
        var project = await user.NewProject("killed");
        var receiver = Own(new HangingReceiver { Hangs = whileItIsBeingSent });
        if (whileItIsBeingSent)
        {
            await receiver.Start();
        }

        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await user.Client.CreateChannel(project, new() { Name = "Hook", Kind = ChannelKind.Webhook, Events = [NotifiedEvent.Alerts], Url = $"{receiver.Address}", Secret = NotificationStage.Secret });
        using (var http = stage.Api.Http())
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", NotificationStage.AlertToken);
            var labels = new Dictionary<string, string> { ["alertname"] = "AppDown", ["project"] = project, ["app"] = "shop" };
            var body = JsonSerializer.Serialize(new { version = "4", alerts = new[] { new { status = "firing", labels, startsAt = DateTimeOffset.UtcNow, fingerprint = project } } });
            using var answer = await http.PostAsync("/api/alerts/webhook", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.True(answer.IsSuccessStatusCode);
        }

        if (whileItIsBeingSent)
        {
            await receiver.Asked.WaitAsync(Wait.Deadline);
        }

        await stage.Api.KillHard();
        receiver.Hangs = false;
        await receiver.Stop();
        await receiver.Start();
        await stage.Api.Restart();
        await stage.Api.Ready();
        await Wait.Until("the message", _ => Task.FromResult(receiver.Received.Count > 0));
        await Wait.Until("nothing to wait", async cancel => (await user.Client.Channels(project, cancel: cancel)).Items.All(c => c is { Waiting: 0, LastSentAt: not null }));
        Assert.Equal("shop: Down", JsonSerializer.Deserialize<WebhookMessage>(Assert.Single(receiver.Received).Body, SlipwayJson.Options)!.Title);
    }

    /// <summary>Takes a request and does not answer it for as long as it hangs.</summary>
    private sealed class HangingReceiver : HttpReceiver
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Hangs { get; set; }

        /// <summary>Completes when a request is there that is not answered.</summary>
        public Task Asked => asked.Task;

        protected override async Task<bool> Answer(ReceivedRequest request, Microsoft.AspNetCore.Http.HttpResponse response)
        {
            if (!Hangs)
            {
                return await base.Answer(request, response);
            }

            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }
}
