using Slipway.Web.Forms;

namespace Slipway.Tests.Unit.Web;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=1", "A", "1")]
    [InlineData("export A=1", "A", "1")]
    [InlineData("  A = 1  ", "A", "1")]
    [InlineData("A=", "A", "")]
    [InlineData("A=x # a comment", "A", "x")]
    [InlineData("A=x#no comment", "A", "x#no comment")]
    [InlineData("A='$HOME \"x\"'", "A", "$HOME \"x\"")]
    [InlineData("A=\"line 1\\nline 2\"", "A", "line 1\nline 2")]
    [InlineData("A=\"one\ntwo\"", "A", "one\ntwo")]
    [InlineData("A=postgres://u:p@h/db?x=1", "A", "postgres://u:p@h/db?x=1")]
    public void A_line_gives_a_variable(string text, string name, string value)
    {
        var (variables, bad) = DotEnv.Parse(text);

        Assert.Equal([new(name, value)], variables);
        Assert.Empty(bad);
    }

    [Fact]
    public void Lines_that_are_no_variables_are_named_and_the_others_are_read()
    {
        var (variables, bad) = DotEnv.Parse("# settings\n\nA=1\nnonsense\n=x\nB=\"never closed\n");

        Assert.Equal([new("A", "1")], variables);
        Assert.Equal([4, 5, 6], bad);
    }
}
