using Slipway.Api.Apps.Crashes;
using Slipway.Api.Cluster.Watching;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Apps;

public sealed class LastLinesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly ObservedEnd End = new(7, "Error", null, null, Start, Start.AddSeconds(10));

    [Fact]
    public void The_log_of_another_run_is_none_of_this_one()
    {
        LogLine[] own = [new("pod", null, "without a time"), Line(0.2, "first"), Line(10.9, "last"), Line(15, "written late")];
        Assert.Equal(["without a time", "first", "last", "written late"], LastLines.Of(End, own).Select(l => l.Text));
        Assert.Empty(LastLines.Of(End, [Line(-1.2, "of the run before"), Line(0.2, "and its end")]));
        Assert.Empty(LastLines.Of(End, [Line(11.2, "of the next run")]));
        Assert.Empty(LastLines.Of(End, []));
    }

    [Fact]
    public void Only_the_newest_lines_are_kept_and_no_more_than_there_is_room_for()
    {
        Assert.Equal([.. Enumerable.Range(300, 200).Select(i => $"{i}")], LastLines.Of(End, [.. Enumerable.Range(0, 500).Select(i => Line(1, $"{i}"))]).Select(l => l.Text));
        var large = LastLines.Of(End, [.. Enumerable.Range(0, 100).Select(i => Line(1, new string('x', 100_000)))]);
        Assert.All(large, l => Assert.Equal(LastLines.LongestLine, l.Text.Length));
        Assert.Equal(LastLines.MostCharacters / LastLines.LongestLine, large.Count);
    }

    [Fact]
    public void Lines_come_back_as_they_were_stored()
    {
        LogLine[] lines = [Line(1, "plain"), Line(2, "with \0 and \u001b[31mcolour\u001b[0m, ünïcödé 🚢"), new("pod", null, "")];
        Assert.Equal(lines, CrashStore.Unpack(CrashStore.Pack(lines)));
    }

    private static LogLine Line(double seconds, string text) => new("pod", Start.AddSeconds(seconds), text);
}
