using Slipway.Contracts;

namespace Slipway.Web.Live;

/// <summary>A run of lines that are drawn together; once it is full it never changes, so it is never drawn again.</summary>
public sealed class LogChunk
{
    public const int Size = 100;

    public List<LogLine> Lines { get; } = new(Size);

    public bool Full => Lines.Count >= Size;
}

/// <summary>
/// The newest lines of a log, at most <see cref="Most"/> of them. After a broken connection the past is sent again, and what was seen
/// already is left out by the runtime's timestamps, which have nanoseconds and grow in each pod.
/// </summary>
sealed class LogTail
{
    public const int Most = 5_000;

    private readonly Dictionary<string, DateTimeOffset> newest = [];
    private readonly LinkedList<LogChunk> chunks = [];
    private Dictionary<string, DateTimeOffset>? before;

    public IEnumerable<LogChunk> Chunks => chunks;

    public int Count { get; private set; }

    /// <summary>The pods that have written, in the order of their first line.</summary>
    public List<string> Pods { get; } = [];

    /// <summary>A connection begins that sends part of the past again.</summary>
    public void Again() => before = new(newest);

    public void Add(LogLine line)
    {
        if (line.At is { } at)
        {
            if (before is not null && before.TryGetValue(line.Pod, out var seen) && at <= seen)
            {
                return;
            }

            newest[line.Pod] = at;
        }

        if (!Pods.Contains(line.Pod))
        {
            Pods.Add(line.Pod);
        }

        if (chunks.Last is null or { Value.Full: true })
        {
            chunks.AddLast(new LogChunk());
            if (chunks.Count > Most / LogChunk.Size)
            {
                Count -= chunks.First!.Value.Lines.Count;
                chunks.RemoveFirst();
            }
        }

        chunks.Last!.Value.Lines.Add(line);
        Count++;
    }
}
