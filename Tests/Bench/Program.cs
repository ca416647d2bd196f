using Slipway.Bench;
using Slipway.Tests.Infrastructure;

// Usage: bench [ready|list|memory]. Without a name all is measured. Exit code 1 where a bound is missed.
(string[] Names, Func<Task<IReadOnlyList<Row>>> Measure)[] benches =
[
    (["ready"], ReadyBench.Measure),
    (["list", "memory"], ThousandBench.Measure),
];
var wanted = benches.Where(b => args.Length == 0 || b.Names.Contains(args[0], StringComparer.OrdinalIgnoreCase)).ToList();
if (wanted.Count == 0 || args.Length > 1)
{
    Console.Error.WriteLine($"There is no measurement '{string.Join(' ', args)}'. There are: {string.Join(", ", benches.SelectMany(b => b.Names))}.");
    return 2;
}

await using var cluster = new TestCluster();
var rows = new List<Row>();
foreach (var bench in wanted)
{
    rows.AddRange(await bench.Measure());
}

Console.WriteLine();
Table.Print(rows);
return rows.All(r => r.Holds) ? 0 : 1;
