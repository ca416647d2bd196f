using System.Text;
using System.Threading.Channels;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Who said a line of a console log.</summary>
enum LogSource
{
    Output,
    Error,

    /// <summary>The engine itself: starts, stops, reasons.</summary>
    Engine,
}

/// <summary>A line of a console log; numbers only grow, also across restarts of the process.</summary>
sealed record LogLine(long Number, DateTimeOffset Time, LogSource Source, string Text);

/// <summary>The last lines a resource printed, and a stream of those to come.</summary>
sealed class LogBuffer(TimeProvider time, int capacity = LogBuffer.DefaultCapacity)
{
    public const int DefaultCapacity = 5_000;

    readonly Lock _lock = new();
    readonly Queue<LogLine> _lines = new();
    readonly List<Channel<LogLine>> _followers = [];
    long _last;

    /// <summary>Called with every line, in order. Must be quick.</summary>
    public Action<LogLine>? Echo { get; set; }

    public void Add(string text, bool isError) => Add(text, isError ? LogSource.Error : LogSource.Output);

    public void Add(string text, LogSource source)
    {
        lock (_lock)
        {
            var line = new LogLine(++_last, time.GetUtcNow(), source, AnsiCodes.Strip(text));
            _lines.Enqueue(line);
            if (_lines.Count > capacity)
            {
                _lines.Dequeue();
            }

            foreach (var follower in _followers)
            {
                follower.Writer.TryWrite(line);
            }

            Echo?.Invoke(line);
        }
    }

    /// <summary>The last lines the process itself printed, oldest first.</summary>
    public IReadOnlyList<string> Tail(int count, long after = 0)
    {
        lock (_lock)
        {
            return [.. _lines.Where(l => l.Number > after && l.Source is not LogSource.Engine && l.Text.Length > 0).Select(l => l.Text).TakeLast(count)];
        }
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<LogLine> Lines(int count)
    {
        lock (_lock)
        {
            return [.. _lines.TakeLast(count)];
        }
    }

    public long LastNumber
    {
        get
        {
            lock (_lock)
            {
                return _last;
            }
        }
    }

    /// <summary>Every line kept after number <paramref name="after"/>, then every new one, a batch at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(
        long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        // A reader that can't keep up misses the oldest lines, as the buffer itself does.
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        LogLine[] kept;
        lock (_lock)
        {
            kept = [.. _lines.Where(l => l.Number > after)];
            _followers.Add(channel);
        }

        try
        {
            yield return kept;
            while (await channel.Reader.WaitToReadAsync(cancel))
            {
                var batch = new List<LogLine>();
                while (batch.Count < 500 && channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_lock)
            {
                _followers.Remove(channel);
            }
        }
    }
}

/// <summary>Cuts a stream of characters into lines, and lines that never end into pieces.</summary>
sealed class LineSplitter(Action<string> onLine)
{
    const int LongestLine = 16 * 1024;

    readonly StringBuilder _line = new();

    public void Add(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var end = text.IndexOf('\n');
            var piece = end < 0 ? text : text[..end];
            var room = LongestLine - _line.Length;
            if (piece.Length > room)
            {
                _line.Append(piece[..room]);
                text = text[room..];
                Emit();
                continue;
            }

            _line.Append(piece);
            if (end < 0)
            {
                return;
            }

            Emit();
            text = text[(end + 1)..];
        }
    }

    public void Flush()
    {
        if (_line.Length > 0)
        {
            Emit();
        }
    }

    void Emit()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
        {
            _line.Length--;
        }

        onLine(_line.ToString());
        _line.Clear();
    }
}

/// <summary>Terminal control sequences: colours and the like, which mean nothing in a page.</summary>
static partial class AnsiCodes
{
    public static string Strip(string text) => text.Contains('\u001b') || text.AsSpan().ContainsAnyInRange('\0', '\u0008') ? Pattern().Replace(text, "") : text;

    [System.Text.RegularExpressions.GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08]", System.Text.RegularExpressions.RegexOptions.CultureInvariant, 1000)]
    private static partial System.Text.RegularExpressions.Regex Pattern();
}
