using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Slipway.Api.Apps.Observing;

/// <summary>A line of a container's log.</summary>
/// <param name="At">When the runtime received it.</param>
internal readonly record struct RawLine(DateTimeOffset? At, string Text);

/// <summary>Takes a kubelet's log stream (asked for with timestamps) apart into lines.</summary>
internal static class LogLines
{
    /// <summary>Longer lines are cut, in bytes.</summary>
    public const int Longest = 64 * 1024;

    // The runtime stores longer lines in pieces of this size, and kubelets before 1.29 repeat the time before each piece
    // (https://github.com/kubernetes/kubernetes/pull/113481).
    private const int Piece = 16 * 1024, LongestTime = 40, RawLongest = Longest + ((Longest / Piece) + 2) * LongestTime;

    /// <summary>The lines as they come, until the stream ends. A line that has not ended by then is a line too.</summary>
    public static async IAsyncEnumerable<RawLine> Read(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        var passingOver = false;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(cancel);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    if (!passingOver && Parse(buffer.Slice(0, end)) is var line && !IsExcuse(line))
                    {
                        yield return line;
                    }

                    passingOver = false;
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                if (buffer.Length > RawLongest || (result.IsCompleted && buffer.Length > 0))
                {
                    if (!passingOver && Parse(buffer) is var line && !IsExcuse(line))
                    {
                        yield return line;
                    }

                    // The rest of a line without end must not fill the memory.
                    passingOver = true;
                    buffer = buffer.Slice(buffer.End);
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

    /// <summary>A line without its line break.</summary>
    internal static RawLine Parse(ReadOnlySequence<byte> line)
    {
        var bytes = line.Slice(0, Math.Min(line.Length, RawLongest)).ToArray();
        var at = Time(bytes, out var used);
        var text = used > 0 && bytes.Length - used > Piece ? Join(bytes.AsSpan(used)) : bytes.AsSpan(used);
        if (text is [.., (byte)'\r'])
        {
            text = text[..^1];
        }

        if (text.Length > Longest)
        {
            text = text[..Longest];
        }

        // What is not UTF-8 becomes U+FFFD.
        return new(at, Encoding.UTF8.GetString(text));
    }

    // What the kubelet says in place of a log that the runtime has removed already; what apps write has a time.
    private static bool IsExcuse(RawLine line) =>
        line.At is null && line.Text.StartsWith("unable to retrieve container logs for ", StringComparison.Ordinal);

    private static ReadOnlySpan<byte> Join(ReadOnlySpan<byte> text)
    {
        var joined = new ArrayBufferWriter<byte>(text.Length);
        while (text.Length > Piece)
        {
            joined.Write(text[..Piece]);
            text = text[Piece..];
            Time(text, out var used);
            text = text[used..];
        }

        joined.Write(text);
        return joined.WrittenSpan;
    }

    // 2026-11-22T17:25:40.123456789Z and a space
    private static DateTimeOffset? Time(ReadOnlySpan<byte> line, out int used)
    {
        used = 0;
        var end = line[..Math.Min(line.Length, LongestTime)].IndexOf((byte)' ');
        if (end < 20 || line[4] != '-' || line[10] != 'T'
            || !DateTimeOffset.TryParse(Encoding.ASCII.GetString(line[..end]), null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }

        used = end + 1;
        return at.ToUniversalTime();
    }
}
