using Slipway.Contracts;
using Slipway.Web.Forms;
using Slipway.Web.Live;
using Slipway.Web.Session;
using Slipway.Web.Words;

namespace Slipway.Tests.Unit.Web;

public sealed class WordsTests
{
    [Theory]
    [InlineData("ghcr.io/team/Shop:1.4", "shop")]
    [InlineData("nginx", "nginx")]
    [InlineData("127.0.0.1:5000/sample-http:1", "sample-http")]
    [InlineData("quay.io/a/b_c@sha256:abc", "b-c")]
    [InlineData("1password/2fa", "fa")]
    [InlineData("", "")]
    public void A_name_is_suggested_that_the_rules_accept(string image, string name)
    {
        Assert.Equal(name, ImageName.Suggest(image));
        Assert.True(name.Length == 0 || NameRules.ExplainApp(name) is null);
    }

    [Theory]
    [InlineData("/projects/demo?tab=logs", "/projects/demo?tab=logs")]
    [InlineData("//evil.example", "/projects")]
    [InlineData("/\\evil.example", "/projects")]
    [InlineData("https://evil.example", "/projects")]
    [InlineData("/sign-in?returnUrl=/x", "/projects")]
    [InlineData("/a\r\nSet-Cookie: x", "/projects")]
    [InlineData(null, "/projects")]
    public void Signing_in_leads_only_to_pages_of_the_portal(string? returnUrl, string path) => Assert.Equal(path, SessionEndpoints.LocalPath(returnUrl));

    [Theory]
    [InlineData(5, "just now")]
    [InlineData(45, "a moment ago")]
    [InlineData(180, "3 min ago")]
    [InlineData(3600, "1 hour ago")]
    [InlineData(86400 * 2, "2 days ago")]
    public void Age_is_said_as_people_say_it(int seconds, string words)
    {
        var now = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

        Assert.Equal(words, AgoWords.Say(now.AddSeconds(-seconds), now));
    }

    [Fact]
    public void A_log_that_is_sent_again_shows_no_line_twice_and_misses_none()
    {
        var tail = new LogTail();
        var start = DateTimeOffset.UnixEpoch;
        tail.Add(new("a", start.AddSeconds(1), "one"));
        tail.Add(new("a", start.AddSeconds(2), "two"));
        tail.Again();
        tail.Add(new("a", start.AddSeconds(2), "two"));
        tail.Add(new("a", start.AddSeconds(3), "three"));
        tail.Add(new("b", start.AddSeconds(1), "other"));

        Assert.Equal(["one", "two", "three", "other"], tail.Chunks.SelectMany(c => c.Lines).Select(l => l.Text));
        Assert.Equal(["a", "b"], tail.Pods);
    }

    [Fact]
    public void A_log_keeps_a_bounded_number_of_lines()
    {
        var tail = new LogTail();
        for (var i = 0; i < LogTail.Most * 2; i++)
        {
            tail.Add(new("a", null, $"line {i}"));
        }

        Assert.InRange(tail.Count, LogTail.Most - LogChunk.Size, LogTail.Most);
        Assert.Equal($"line {(LogTail.Most * 2) - 1}", tail.Chunks.Last().Lines[^1].Text);
    }
}
