using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Slipway.Api.Cluster.Watching;

/// <summary>Reads a stream of JSON texts, one a line, as they come.</summary>
internal static class Lines
{
    /// <summary>
    /// The documents, each the caller's to dispose of, until the stream ends. Throws <see cref="TimeoutException"/> when nothing at all
    /// arrives for <paramref name="silence"/>: the other end of a connection can be gone without a word.
    /// </summary>
    public static async IAsyncEnumerable<JsonDocument> Read(Stream stream, TimeSpan silence, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await ReadWithin(reader, silence, cancel);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    if (!line.IsEmpty)
                    {
                        // Parsing reads the text once, but keeps pointing into it: it gets its own copy.
                        yield return JsonDocument.Parse(line.ToArray().AsMemory());
                    }
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async ValueTask<ReadResult> ReadWithin(PipeReader reader, TimeSpan silence, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(silence);
        try
        {
            return await reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing arrived for {silence.TotalSeconds:0} s.", e);
        }
    }
}
