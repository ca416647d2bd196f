namespace Slipway.Api.Apps.Observing;

/// <summary>Remembers when to look at an app again although nothing happens to it: some rules depend on how long something has lasted.</summary>
internal sealed class Rechecks(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<(Guid Id, DateTimeOffset At), DateTimeOffset> queue = new();
    private readonly Dictionary<Guid, DateTimeOffset> wanted = [];

    /// <summary>Looks at the app at this time, in place of any other time that was set before; null: not at all.</summary>
    public void Set(Guid id, DateTimeOffset? at)
    {
        lock (gate)
        {
            if (at is not { } moment)
            {
                wanted.Remove(id);
            }
            else if (!wanted.TryGetValue(id, out var before) || before != moment)
            {
                wanted[id] = moment;
                queue.Enqueue((id, moment), moment);
            }
        }
    }

    /// <summary>Calls <paramref name="look"/> for each app when its time has come, to within half a second.</summary>
    public async Task Run(Action<Guid> look, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(0.5), time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                foreach (var id in Due())
                {
                    look(id);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private List<Guid> Due()
    {
        var due = new List<Guid>();
        lock (gate)
        {
            while (queue.TryPeek(out var next, out var at) && at <= time.GetUtcNow())
            {
                queue.Dequeue();
                if (wanted.TryGetValue(next.Id, out var still) && still == next.At)
                {
                    wanted.Remove(next.Id);
                    due.Add(next.Id);
                }
            }
        }

        return due;
    }
}
