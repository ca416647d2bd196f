using Slipway.AppHost.Hosting;

namespace Slipway.Tests.Unit;

/// <summary>How long a crashed process of the AppHost waits.</summary>
public sealed class AppHostRestartPolicyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 16)]
    [InlineData(6, 30)]
    [InlineData(1000, 30)]
    public void Pauses_double_up_to_the_longest_give_or_take_a_quarter(int crashes, double seconds)
    {
        var policy = new RestartPolicy();
        Assert.Equal(seconds * 0.75, policy.DelayAfter(crashes, 0).TotalSeconds, 3);
        Assert.Equal(seconds * 1.25, policy.DelayAfter(crashes, 1).TotalSeconds, 3);
    }
}
