using System.Threading.Channels;

namespace Slipway.Api.Apps.Observing;

/// <summary>Ids that wait to be looked at, each at most once. Many may add, one takes.</summary>
internal sealed class IdQueue
{
    private readonly Lock gate = new();
    private readonly Queue<Guid> order = new();
    private readonly HashSet<Guid> waiting = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Adds an id; one that is waiting already stays where it is.</summary>
    public void Add(Guid id)
    {
        lock (gate)
        {
            if (!waiting.Add(id))
            {
                return;
            }

            order.Enqueue(id);
        }

        signal.Writer.TryWrite(true);
    }

    /// <summary>Adds several.</summary>
    public void Add(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
        {
            Add(id);
        }
    }

    /// <summary>Waits until there is something, and takes it: the longest waiting first, at most <paramref name="most"/>.</summary>
    public async ValueTask<IReadOnlyList<Guid>> Take(int most, CancellationToken cancel)
    {
        while (true)
        {
            lock (gate)
            {
                if (order.Count > 0)
                {
                    var taken = new List<Guid>(Math.Min(most, order.Count));
                    while (taken.Count < most && order.TryDequeue(out var id))
                    {
                        waiting.Remove(id);
                        taken.Add(id);
                    }

                    return taken;
                }
            }

            await signal.Reader.ReadAsync(cancel);
        }
    }
}
