using System.Buffers;
using System.Text;
using Slipway.Api.Apps.Observing;

namespace Slipway.Tests.Unit.Observing;

public sealed class LogLineTests
{
    private const string Time = "2026-03-01T12:00:00.123456789Z";
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).AddTicks(1234568);

    [Theory]
    [InlineData(Time + " hello", "hello")]
    [InlineData(Time + " ", "")]
    [InlineData(Time + "  two  spaces ", " two  spaces ")]
    [InlineData(Time + " with return\r", "with return")]
    [InlineData("2026-03-01T13:00:00.123456789+01:00 zone", "zone")]
    public void The_time_is_taken_off(string line, string text) => Assert.Equal(new RawLine(At, text), Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("no time here at all, but long enough")]
    [InlineData("2026-03-01 12:00:00 not the format of the kubelet")]
    public void A_line_without_a_time_is_kept_as_it_is(string line) => Assert.Equal(new RawLine(null, line), Parse(line));

    [Fact]
    public void Bytes_that_are_no_text_become_replacement_characters() =>
        Assert.Equal("a\uFFFDb", LogLines.Parse(new ReadOnlySequence<byte>([.. Encoding.ASCII.GetBytes(Time + " a"), 0xff, (byte)'b'])).Text);

    [Fact]
    public void A_long_line_is_whole_although_old_kubelets_repeat_the_time_within()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => (char)('a' + (i % 26))));
        var pieces = text.Chunk(16 * 1024).Select(piece => $"{Time} {new string(piece)}");
        Assert.Equal(text, Parse(string.Concat(pieces)).Text);
        Assert.Equal(text, Parse($"{Time} {text}").Text);
    }

    [Theory]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 65_536)]
    [InlineData(5_000_000, 65_536)]
    public async Task A_line_is_cut_at_64_KiB_and_the_next_one_is_whole(int length, int kept)
    {
        var lines = await Read($"{Time} {new string('x', length)}\n{Time} next\n");
        Assert.Equal([kept, 4], lines.Select(l => l.Text.Length));
    }

    [Fact]
    public async Task What_the_kubelet_says_in_place_of_a_log_is_no_line() =>
        Assert.Equal(["unable to retrieve container logs for me"],
            (await Read($"unable to retrieve container logs for containerd://x\n{Time} unable to retrieve container logs for me\nunable to retrieve container logs for containerd://y")).Select(l => l.Text));

    [Fact]
    public async Task A_line_without_an_end_is_a_line_too() =>
        Assert.Equal(["one", "two"], (await Read($"{Time} one\n{Time} two")).Select(l => l.Text));

    [Fact]
    public async Task Lines_come_whole_however_the_network_cuts_them()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50).Select(i => $"{Time} line {i} ünï\n")));
        var lines = new List<RawLine>();
        await foreach (var line in LogLines.Read(new Dripping(bytes), TestContext.Current.CancellationToken))
        {
            lines.Add(line);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"line {i} ünï"), lines.Select(l => l.Text));
    }

    [Fact]
    public void Reading_on_from_a_position_repeats_nothing_and_leaves_nothing_out()
    {
        var position = new LogPosition();
        DateTimeOffset Second(int n) => At.AddSeconds(n);
        Assert.Equal([true, true, true, true], new[] { 1, 2, 2, 2 }.Select(n => position.Pass(Second(n))));
        position.Resume();
        // The same second is read again, with two lines more than before.
        Assert.Equal([false, false, false, false, true, true, true], new[] { 1, 2, 2, 2, 2, 2, 3 }.Select(n => position.Pass(Second(n))));
        // The clock was set back: within one stream nothing repeats.
        Assert.True(position.Pass(Second(1)));
        position.Resume();
        Assert.Equal([false, true], new[] { 3, 4 }.Select(n => position.Pass(Second(n))));
    }

    private static RawLine Parse(string line) => LogLines.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)));

    private static async Task<List<RawLine>> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await LogLines.Read(stream, TestContext.Current.CancellationToken).ToListAsync();
    }

    private sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
