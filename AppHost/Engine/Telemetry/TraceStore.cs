namespace Slipway.AppHost.Engine.Telemetry;

/// <summary>What is known of a trace so far.</summary>
sealed record Trace(string Id, IReadOnlyList<Span> Spans)
{
    public ulong Start => Spans.Min(s => s.Start);

    public ulong End => Spans.Max(s => s.End);

    public TimeSpan Duration => TimeSpan.FromMicroseconds((End - Start) / 1000d);

    /// <summary>The span everything began with, or the earliest when that one has not come.</summary>
    public Span Root => Spans.FirstOrDefault(s => s.ParentId.Length == 0) ?? Spans.MinBy(s => s.Start)!;

    /// <summary>True for a lone look of a background loop at the database or the cluster: nobody's request, and there are very many.</summary>
    public bool IsBackground => IsBackgroundOnly(Spans);

    public static bool IsBackgroundOnly(IReadOnlyList<Span> spans) => spans is [{ Kind: "client" or "internal" }];

    public bool Failed => Spans.Any(s => s.Failed);

    /// <summary>Spans with their depth, each after its parent, siblings in order of time.</summary>
    public IEnumerable<(Span Span, int Depth)> InOrder()
    {
        var known = Spans.Select(s => s.SpanId).ToHashSet();
        var children = Spans.Where(s => known.Contains(s.ParentId) && s.ParentId != s.SpanId).ToLookup(s => s.ParentId);
        var seen = new HashSet<string>();
        var pending = new Stack<(Span Span, int Depth)>(Spans.Where(s => !known.Contains(s.ParentId)).OrderByDescending(s => s.Start).Select(s => (s, 0)));
        while (pending.TryPop(out var next))
        {
            if (!seen.Add(next.Span.SpanId))
            {
                continue;
            }

            yield return next;
            foreach (var child in children[next.Span.SpanId].OrderByDescending(s => s.Start))
            {
                pending.Push((child, next.Depth + 1));
            }
        }
    }
}

/// <summary>The traces that were last heard of; older ones make room, background work before requests.</summary>
sealed class TraceStore(int capacity = 500, int longestTrace = 1_000)
{
    readonly Lock _lock = new();
    readonly Dictionary<string, List<Span>> _traces = [];
    readonly LinkedList<string> _order = new();

    public void Add(IEnumerable<Span> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans.Where(s => s.TraceId.Length > 0))
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces[span.TraceId] = trace = [];
                    _order.AddLast(span.TraceId);
                    if (_order.Count > capacity)
                    {
                        var oldest = _order.FirstOrDefault(id => Trace.IsBackgroundOnly(_traces[id])) ?? _order.First!.Value;
                        _traces.Remove(oldest);
                        _order.Remove(oldest);
                    }
                }

                if (trace.Count < longestTrace)
                {
                    trace.Add(span);
                }
            }
        }
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<Trace> All()
    {
        lock (_lock)
        {
            return [.. _order.Reverse().Select(id => new Trace(id, [.. _traces[id]]))];
        }
    }

    public Trace? Find(string id)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(id, out var spans) ? new(id, [.. spans]) : null;
        }
    }
}
