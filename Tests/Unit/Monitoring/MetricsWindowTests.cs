using CsCheck;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Monitoring;

public sealed class MetricsWindowTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 11, 12, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 15)]
    [InlineData("15m", null, 15)]
    [InlineData("1h", null, 15)]
    [InlineData("6h", null, 60)]
    [InlineData("24h", null, 300)]
    [InlineData("7d", null, 1800)]
    [InlineData("30d", null, 7200)]
    [InlineData("15m", "5s", 5)]
    [InlineData("1d", "1h", 3600)]
    public void A_step_gives_a_few_hundred_points(string? range, string? step, int seconds)
    {
        var window = MetricsWindow.Read(range, step, Now, out var error)!;
        Assert.Null(error);
        Assert.Equal(seconds, window.Step.TotalSeconds);
        Assert.InRange(window.Points, 2, MetricsWindow.MaxPoints);
        Assert.InRange((Now - window.To).TotalSeconds, 0, 60);
    }

    [Theory]
    [InlineData("14m", null, "range")]
    [InlineData("31d", null, "range")]
    [InlineData("", null, "range")]
    [InlineData("1", null, "range")]
    [InlineData("-1h", null, "range")]
    [InlineData("1h\n", null, "range")]
    [InlineData("1h}", null, "range")]
    [InlineData("99999999999d", null, "range")]
    [InlineData("9999999d", null, "range")]
    [InlineData("1.5h", null, "range")]
    [InlineData("١h", null, "range")]
    [InlineData("1h", "1s", "step")]
    [InlineData("1h", "2h", "step")]
    [InlineData("1h", "", "step")]
    [InlineData("1h", "0s", "step")]
    [InlineData("30d", "1h", "step")]
    [InlineData("1h", "7s", "step")]
    public void What_is_no_window_is_named(string range, string? step, string field)
    {
        Assert.Null(MetricsWindow.Read(range, step, Now, out var error));
        Assert.Equal(field, error!.Value.Field);
        Assert.NotEmpty(error.Value.Sentence);
    }

    [Fact]
    public void No_window_has_more_than_500_points() =>
        Gen.Select(Gen.Int[15, 43_200], Gen.Int[0, 100_000]).Sample((minutes, seconds) =>
            MetricsWindow.Read($"{minutes}m", seconds == 0 ? null : $"{seconds}s", Now, out _) is not { } window
            || (window.Points <= MetricsWindow.MaxPoints && window.From >= Now.AddMinutes(-minutes).AddMinutes(-1)));

    [Fact]
    public void Who_asks_at_the_same_time_gets_the_same_window() =>
        Assert.Equal(MetricsWindow.Read("1h", null, Now.AddSeconds(-2), out _), MetricsWindow.Read("1h", null, Now.AddSeconds(1), out _));
}
