using System.Net;
using Aspire.Hosting;
using Slipway.AppHost.Engine.Dashboard;
using Slipway.AppHost.Engine.Running;
using Slipway.AppHost.Engine.Telemetry;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>The local dashboard over HTTP.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    readonly OtlpReceiver _telemetry = new();
    TestRun _run = null!;
    DashboardServer _dashboard = null!;
    HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _run = await TestRun.Start(b => b
            .AddExecutable("server", "bash", ".", "-c", "echo 'hello <b>'; while :; do sleep 1000 & wait; done")
            .WithEnvironment("KEY", b.AddParameter("key", "open sesame", secret: true))
            .WithEnvironment("PLAIN", "text"));
        _dashboard = await DashboardServer.StartAsync(_run.Orchestrator, _telemetry, ChildProcess.FreePort());
        _http = new HttpClient { BaseAddress = new(_dashboard.Address) };
        await _run.Says("server", line => line.StartsWith("hello", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _dashboard.DisposeAsync();
        await _run.DisposeAsync();
    }

    [Fact]
    public async Task The_page_shows_resources_and_hides_secrets()
    {
        using var answer = await _http.GetAsync("/?resource=server&view=environment");
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("<tr data-name=\"server\">", page, StringComparison.Ordinal);
        Assert.Contains("<td>text</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_streamed_from_where_the_page_left_off()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events?log=server");
        request.Headers.Add("Last-Event-ID", "1");
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await events.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {\"resource\":\"server\"", StringComparison.Ordinal))
            {
                Assert.Contains("hello \\u003Cb\\u003E", line, StringComparison.Ordinal);
                Assert.DoesNotContain("starting", line, StringComparison.Ordinal);
                return;
            }
        }

        Assert.Fail("the stream ended");
    }

    [Fact]
    public async Task The_page_can_stop_and_start_a_resource()
    {
        Assert.Equal(HttpStatusCode.Accepted, await Post("/resources/server/stop", ("X-Slipway-Dashboard", "1")));
        await _run.Until("server", ResourceState.Stopped);
        Assert.Equal(HttpStatusCode.Accepted, await Post("/resources/server/start", ("X-Slipway-Dashboard", "1"), ("Origin", _dashboard.Address)));
        await _run.Until("server", ResourceState.Running);
        Assert.Equal(HttpStatusCode.NotFound, await Post("/resources/nothing/stop", ("X-Slipway-Dashboard", "1")));
    }

    [Theory]
    [InlineData("X-Other", "1")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "evil.example")]
    public async Task Nobody_elses_page_can_use_it(string header, string value)
    {
        (string, string)[] headers = header is "X-Other" ? [(header, value)] : [("X-Slipway-Dashboard", "1"), (header, value)];
        Assert.Equal(HttpStatusCode.Forbidden, await Post("/resources/server/stop", headers));
        Assert.Equal(ResourceState.Running, _run["server"].Snapshot.State);
    }

    [Fact]
    public async Task Traces_of_the_run_are_shown_and_others_are_not_taken()
    {
        var body = Otlp.Request("shop <1>", Otlp.Span("0102030405060708090a0b0c0d0e0f10", "0000000000000001", "", "POST /orders", start: 1_000_000, end: 9_000_000),
            Otlp.Span("0102030405060708090a0b0c0d0e0f10", "0000000000000002", "0000000000000001", "INSERT", start: 2_000_000, end: 4_500_000, error: "deadlock"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Export(body, "wrong"));
        Assert.Contains("No traces yet", await _http.GetStringAsync("/traces"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await Export(body, _telemetry.Key));
        Assert.Equal(HttpStatusCode.BadRequest, await Export(body[..^3], _telemetry.Key));
        var list = await _http.GetStringAsync("/traces");
        Assert.Contains("POST /orders</a><small>shop &lt;1&gt;</small>", list, StringComparison.Ordinal);
        var trace = await _http.GetStringAsync("/traces/0102030405060708090a0b0c0d0e0f10");
        Assert.Contains("depth1 failed", trace, StringComparison.Ordinal);
        Assert.Contains("deadlock", trace, StringComparison.Ordinal);
        Assert.Contains("8.00 ms", trace, StringComparison.Ordinal);
        Assert.Contains("<td>5</td>", trace, StringComparison.Ordinal);
    }

    async Task<HttpStatusCode> Export(byte[] body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traces") { Content = new ByteArrayContent(body) };
        request.Headers.Add("x-otlp-api-key", key);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    async Task<HttpStatusCode> Post(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
