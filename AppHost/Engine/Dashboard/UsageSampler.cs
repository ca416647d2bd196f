using Slipway.AppHost.Engine.Running;

namespace Slipway.AppHost.Engine.Dashboard;

/// <summary>How much of a processor core and of memory a resource uses.</summary>
sealed record ResourceUsage(double? Cores, long MemoryBytes);

/// <summary>Looks at the processes only while somebody looks at the dashboard, and at most every second.</summary>
sealed class UsageSampler(Orchestrator orchestrator, TimeProvider time)
{
    static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1.5);

    readonly Lock _lock = new();
    Dictionary<int, TimeSpan> _cpu = [];
    Dictionary<string, ResourceUsage> _usage = [];
    long? _sampledAt;

    public IReadOnlyDictionary<string, ResourceUsage> Sample()
    {
        lock (_lock)
        {
            var elapsed = _sampledAt is { } last ? time.GetElapsedTime(last) : TimeSpan.MaxValue;
            if (elapsed < ShortestInterval)
            {
                return _usage;
            }

            var table = ProcessTable.Read();
            var cpu = new Dictionary<int, TimeSpan>();
            var usage = new Dictionary<string, ResourceUsage>();
            foreach (var resource in orchestrator.Resources)
            {
                if (resource.Snapshot.Pid is { } pid && table.UsageOf(pid) is { } now)
                {
                    cpu[pid] = now.Cpu;
                    usage[resource.Name] = new(_cpu.TryGetValue(pid, out var before) ? Math.Max(0, (now.Cpu - before) / elapsed) : null, now.MemoryBytes);
                }
            }

            (_cpu, _usage, _sampledAt) = (cpu, usage, time.GetTimestamp());
            return usage;
        }
    }
}
