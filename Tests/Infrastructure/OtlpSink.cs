using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Slipway.Tests.Infrastructure;

/// <summary>Takes everything that processes export by OTLP over HTTP (opentelemetry.io/docs/specs/otlp), to be searched as it was sent.</summary>
sealed class OtlpSink : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private readonly WebApplication app;

    private OtlpSink(WebApplication app) => this.app = app;

    /// <summary>The settings of a process that exports here, soon after it has something to say.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
    };

    /// <summary>What came to <c>/v1/traces</c>, <c>/v1/logs</c> or <c>/v1/metrics</c>: names and values stand in it as they are.</summary>
    public string Text(string path) => string.Concat(received.Where(r => r.Path == path).Select(r => Encoding.Latin1.GetString(r.Body)));

    /// <summary>Every span that came.</summary>
    public IReadOnlyList<Span> Spans => [.. received.Where(r => r.Path == "/v1/traces").SelectMany(r => OtlpTraces.Read(r.Body))];

    public static async Task<OtlpSink> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var sink = new OtlpSink(builder.Build());
        sink.app.MapPost("/v1/{kind}", sink.Take);
        await sink.app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        await using var body = context.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var read = new MemoryStream();
        await body.CopyToAsync(read);
        received.Enqueue((context.Request.Path, read.ToArray()));
        context.Response.ContentType = "application/x-protobuf";
    }
}
