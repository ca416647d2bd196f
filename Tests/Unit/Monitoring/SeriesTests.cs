using System.Net;
using Slipway.Api.Monitoring;
using Slipway.ServiceDefaults;

namespace Slipway.Tests.Unit.Monitoring;

public sealed class SeriesTests
{
    [Fact]
    public void Series_are_written_in_the_format_of_Prometheus()
    {
        var text = new SeriesText();
        text.Family("a", "gauge", "About a.").Add(1.5, ("x", "y")).Add(2).Family("b_total", "counter", "About b.").Add(0, ("q", "\"\\\n"), ("r", ""));
        Assert.Equal("# HELP a About a.\n# TYPE a gauge\na{x=\"y\"} 1.5\na 2\n# HELP b_total About b.\n# TYPE b_total counter\nb_total{q=\"\\\"\\\\\\n\",r=\"\"} 0\n", text.ToString());
    }

    [Theory]
    [InlineData(null, null, "127.0.0.1", false, 200)]
    [InlineData("", null, "::1", false, 200)]
    [InlineData(null, null, "::ffff:127.0.0.1", false, 200)]
    [InlineData(null, null, "127.0.0.1", true, 403)]
    [InlineData(null, "Bearer ", "10.0.0.1", false, 403)]
    [InlineData(null, null, null, false, 403)]
    [InlineData("t", "Bearer t", "203.0.113.7", true, 200)]
    [InlineData("t", "Bearer T", "127.0.0.1", false, 401)]
    [InlineData("t", "t", "127.0.0.1", false, 401)]
    [InlineData("t", null, "127.0.0.1", false, 401)]
    public void Who_may_read_metrics(string? token, string? authorization, string? from, bool throughProxy, int status) =>
        Assert.Equal(status, MetricsEndpoint.Decide(token, authorization, from is null ? null : IPAddress.Parse(from), throughProxy));
}
