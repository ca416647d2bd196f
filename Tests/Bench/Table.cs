namespace Slipway.Bench;

/// <summary>One measurement.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Slipway">What Slipway needed.</param>
/// <param name="Other">What it is compared with needed.</param>
/// <param name="Ratio">The one to the other; empty where there is none.</param>
/// <param name="Bound">What it must keep to; empty where it need not.</param>
/// <param name="Holds">Whether it does.</param>
sealed record Row(string What, string Slipway, string Other = "", string Ratio = "", string Bound = "", bool Holds = true);

static class Table
{
    public static void Print(IReadOnlyList<Row> rows)
    {
        string[][] cells = [["", "Slipway", "compared with", "ratio", "bound", ""], .. rows.Select(r => (string[])[r.What, r.Slipway, r.Other, r.Ratio, r.Bound,
            r.Bound.Length == 0 ? "" : r.Holds ? "kept" : "MISSED"])];
        var widths = Enumerable.Range(0, 6).Select(i => cells.Max(row => row[i].Length)).ToArray();
        foreach (var row in cells)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
