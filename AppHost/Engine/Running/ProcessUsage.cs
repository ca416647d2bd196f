using System.Globalization;

namespace Slipway.AppHost.Engine.Running;

/// <summary>What a process and all it started use.</summary>
/// <param name="Cpu">Processor time so far.</param>
/// <param name="MemoryBytes">Resident memory, shared pages of the same tree counted once.</param>
sealed record ProcessUsage(TimeSpan Cpu, long MemoryBytes);

/// <summary>Reads the usage of process trees from /proc (proc(5), <c>stat</c> and <c>statm</c>).</summary>
sealed class ProcessTable
{
    const int TicksPerSecond = 100; // USER_HZ, the same on every Linux .NET runs on

    readonly Dictionary<int, Entry> _entries = [];
    readonly ILookup<int, int> _children;

    ProcessTable(IEnumerable<(int Pid, Entry Entry)> entries)
    {
        foreach (var (pid, entry) in entries)
        {
            _entries[pid] = entry;
        }

        _children = _entries.ToLookup(e => e.Value.Parent, e => e.Key);
    }

    public static ProcessTable Read()
    {
        var entries = new List<(int, Entry)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && ReadEntry(folder) is { } entry)
            {
                entries.Add((pid, entry));
            }
        }

        return new(entries);
    }

    public ProcessUsage? UsageOf(int root)
    {
        if (!_entries.ContainsKey(root))
        {
            return null;
        }

        long ticks = 0, own = 0, shared = 0;
        var pending = new Stack<int>([root]);
        while (pending.TryPop(out var pid))
        {
            var entry = _entries[pid];
            ticks += entry.Ticks;
            own += entry.Resident - entry.Shared;
            shared = Math.Max(shared, entry.Shared);
            foreach (var child in _children[pid])
            {
                pending.Push(child);
            }
        }

        return new(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), (own + shared) * Environment.SystemPageSize);
    }

    static Entry? ReadEntry(string folder)
    {
        try
        {
            // The name in parentheses may itself contain spaces and parentheses.
            var stat = File.ReadAllText(folder + "/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var memory = File.ReadAllText(folder + "/statm").Split(' ');
            return new(Number(fields[1]), Number(fields[11]) + Number(fields[12]), Number(memory[1]), Number(memory[2]));
        }
        catch (IOException)
        {
            return null; // ended between the listing and the reading
        }
    }

    static int Number(string text) => (int)long.Parse(text, CultureInfo.InvariantCulture);

    sealed record Entry(int Parent, long Ticks, long Resident, long Shared);
}
