using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Slipway.AppHost.Engine.Telemetry;

/// <summary>
/// Takes telemetry of the run's own processes by OTLP over HTTP (opentelemetry.io/docs/specs/otlp). Traces are kept; metrics and
/// logs are answered, as the protocol wants it, and forgotten: the log is in the console already.
/// </summary>
sealed class OtlpReceiver
{
    const int LargestBody = 16 * 1024 * 1024;

    public const string Protocol = "http/protobuf";

    /// <summary>The header processes of this run show, so that no web page can send us anything.</summary>
    public const string KeyHeader = "x-otlp-api-key";

    /// <summary>Made anew for every run.</summary>
    public string Key { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public TraceStore Traces { get; } = new();

    public void MapRoutes(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/traces", context => ReceiveAsync(context, body => Traces.Add(OtlpTraces.Read(body))));
        routes.MapPost("/v1/metrics", context => ReceiveAsync(context, _ => { }));
        routes.MapPost("/v1/logs", context => ReceiveAsync(context, _ => { }));
    }

    async Task ReceiveAsync(HttpContext context, Action<byte[]> take)
    {
        var shown = Encoding.UTF8.GetBytes(context.Request.Headers[KeyHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes(Key)))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            take(await ReadBodyAsync(context.Request, context.RequestAborted));
            context.Response.ContentType = "application/x-protobuf"; // an empty answer is an empty message: all was taken
        }
        catch (InvalidDataException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    static async Task<byte[]> ReadBodyAsync(HttpRequest request, CancellationToken cancel)
    {
        await using var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        using var read = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, cancel) is var count and > 0)
        {
            if (read.Length + count > LargestBody)
            {
                throw new InvalidDataException("The body is too large.");
            }

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }
}
