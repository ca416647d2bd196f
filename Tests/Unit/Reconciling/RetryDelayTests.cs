using Slipway.Api.Cluster.Reconciling;

namespace Slipway.Tests.Unit.Reconciling;

public sealed class RetryDelayTests
{
    [Theory]
    [InlineData(nameof(Failure.Passing), 1, 1)]
    [InlineData(nameof(Failure.Passing), 2, 2)]
    [InlineData(nameof(Failure.Passing), 6, 32)]
    [InlineData(nameof(Failure.Passing), 7, 60)]
    [InlineData(nameof(Failure.Passing), 1000, 60)]
    [InlineData(nameof(Failure.Unreachable), 1, 1)]
    [InlineData(nameof(Failure.Unreachable), 50, 5)]
    [InlineData(nameof(Failure.Permanent), 1, 30)]
    [InlineData(nameof(Failure.Permanent), 50, 300)]
    public void Delays_double_up_to_a_bound(string failure, int attempt, double mostSeconds)
    {
        var kind = Enum.Parse<Failure>(failure);
        var least = TimeSpan.FromMilliseconds(100);

        Assert.Equal(least + TimeSpan.FromSeconds(mostSeconds), RetryDelay.After(kind, attempt, 1));
        Assert.Equal(kind is Failure.Permanent ? least + TimeSpan.FromSeconds(mostSeconds / 2) : least, RetryDelay.After(kind, attempt, 0));
    }
}
