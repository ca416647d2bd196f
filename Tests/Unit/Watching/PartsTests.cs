using System.Text;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Tests.Unit.Watching;

/// <summary>The small parts that the watchers and the recorder are made of.</summary>
public sealed class PartsTests
{
    [Fact]
    public void A_backoff_doubles_up_to_its_limit_with_some_chance()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(5));
        var waits = Enumerable.Range(0, 40).Select(_ => backoff.Next().TotalSeconds).ToList();
        for (var i = 0; i < waits.Count; i++)
        {
            var full = Math.Min(0.2 * Math.Pow(2, Math.Min(i, 30)), 5);
            Assert.InRange(waits[i], full / 2, full);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.1, 0.2);
    }

    [Fact]
    public async Task Lines_of_a_stream_are_read_as_they_come()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("{\"a\":1}\n\n{\"a\":2}\n{\"half"));
        var seen = new List<int>();
        await foreach (var line in Lines.Read(stream, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken))
        {
            using (line)
            {
                seen.Add(line.RootElement.GetProperty("a").GetInt32());
            }
        }

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task A_stream_that_is_silent_for_too_long_is_given_up()
    {
        await using var stream = new Silent();
        await Assert.ThrowsAsync<TimeoutException>(async () =>
        {
            await foreach (var line in Lines.Read(stream, TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken))
            {
                line.Dispose();
            }
        });
    }

    [Fact]
    public async Task An_id_waits_once_however_often_it_is_added()
    {
        var queue = new IdQueue();
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        queue.Add([a, b, a, a]);
        Assert.Equal([a], await queue.Take(1, TestContext.Current.CancellationToken));
        queue.Add(a);
        Assert.Equal([b, a], await queue.Take(10, TestContext.Current.CancellationToken));
        var waiting = queue.Take(10, TestContext.Current.CancellationToken).AsTask();
        queue.Add(b);
        Assert.Equal([b], await waiting);
    }

    [Theory]
    [InlineData(1, 20, false, false)]
    [InlineData(1, 29, false, false)]
    [InlineData(1, 30, true, true)]
    [InlineData(2, 0, true, true)]
    public void A_version_is_compared_as_a_version(int major, int minor, bool atLeast130, bool preStopSleep)
    {
        var traits = new ClusterTraits(major, minor, new HashSet<string> { "policy/v1" });
        Assert.Equal((atLeast130, preStopSleep, true, false), (traits.IsAtLeast(1, 30), traits.HasPreStopSleep, traits.HasPolicyV1, traits.HasAutoscalingV2));
    }

    [Fact]
    public void A_kubeconfig_that_is_not_there_is_named()
    {
        Assert.Contains("'/no/such/file'", ClusterOptions.Explain(new ClusterOptions { KubeConfig = "/no/such/file" }));
        Assert.Null(ClusterOptions.Explain(new ClusterOptions()));
    }

    private sealed class Silent : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
