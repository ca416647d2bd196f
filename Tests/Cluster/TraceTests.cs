using System.Diagnostics;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

public sealed class TraceTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task One_trace_runs_from_the_request_to_the_replicas_that_are_ready()
    {
        var database = Own(await TestDatabase.Create());
        var telemetry = Own(await OtlpSink.Start());
        var api = Own(await ApiProcess.Start(database, settings: telemetry.Settings));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("traced");
        var click = ActivityTraceId.CreateRandom().ToHexString();
        using (var request = new HttpRequestMessage(HttpMethod.Post, $"/api/projects/{project}/apps"))
        {
            request.Headers.Add("traceparent", $"00-{click}-{ActivitySpanId.CreateRandom().ToHexString()}-01");
            request.Content = System.Net.Http.Json.JsonContent.Create(Small("shop"), options: SlipwayJson.Options);
            using var answer = await user.Http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }

        var running = await AppIs(user.Client, project, "shop", AppState.Running);
        var spans = await Wait.For("the trace's last span", _ => Task.FromResult(telemetry.Spans.Where(s => s.TraceId.Equals(click, StringComparison.OrdinalIgnoreCase)).ToList()),
            seen => seen.Any(s => s.Name == "ready"), describe: seen => string.Join(", ", seen.Select(s => s.Name)));
        Assert.Contains(spans, s => s.Kind == "server" && s.Name.StartsWith("POST /api/projects/{project}/apps", StringComparison.Ordinal));
        Assert.Contains(spans, s => s is { Kind: "consumer", Name: "reconcile", Failed: false });
        var ready = Assert.Single(spans, s => s.Name == "ready");
        Assert.Equal(running.CreatedAt.ToUnixTimeMilliseconds(), (long)(ready.Start / 1_000_000));
        Assert.InRange(ready.Duration, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(2));
        Assert.Contains(new("slipway.app", "shop"), ready.Attributes);
    }
}
