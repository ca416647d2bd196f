using CsCheck;
using Slipway.Web.Forms;

namespace Slipway.Tests.Unit.Web;

public sealed class DotEnvTests
{
    [Theory]
    [InlineData("A=1", "1")]
    [InlineData("export A=1", "1")]
    [InlineData("export\tA=1", "1")]
    [InlineData("  A = 1  ", "1")]
    [InlineData("\uFEFFA=1\r\n", "1")]
    [InlineData("A=", "")]
    [InlineData("A=\"\"", "")]
    [InlineData("A=x#no comment", "x#no comment")]
    [InlineData("A=#s3cret", "#s3cret")]
    [InlineData("A={\"k\":\"v #1\",\"u\":\"x\"}", "{\"k\":\"v #1\",\"u\":\"x\"}")]
    [InlineData("A={\"k\":\"a \\\" # b\"}", "{\"k\":\"a \\\" # b\"}")]
    [InlineData("A=['a # b']", "['a # b']")]
    [InlineData("A=C:\\new\\table", "C:\\new\\table")]
    [InlineData("A=it's", "it's")]
    [InlineData("A='it'\\''s'", "it's")]
    [InlineData("A=\"a\"b\"c\"", "abc")]
    [InlineData("A='x'y", "xy")]
    [InlineData("A='x # y' # a comment", "x # y")]
    [InlineData("A=\"a \\\"b\\\" c\"", "a \"b\" c")]
    [InlineData("A=\"line 1\\nline 2\"", "line 1\nline 2")]
    [InlineData("A=\"one\ntwo\"", "one\ntwo")]
    [InlineData("A=\"one\r\ntwo\"\r\n", "one\r\ntwo")]
    [InlineData("A=\"-----BEGIN KEY-----\nab+/=\n-----END KEY-----\"", "-----BEGIN KEY-----\nab+/=\n-----END KEY-----")]
    [InlineData("A=postgres://u:p@h/db?x=1", "postgres://u:p@h/db?x=1")]
    [InlineData("A='$HOME \"x\"'", "$HOME \"x\"")]
    public void A_value_arrives_as_it_was_meant(string text, string value)
    {
        var file = DotEnv.Parse(text);

        Assert.Equal([new("A", value)], file.Variables);
        Assert.Empty(file.Errors);
        Assert.Empty(file.Notes);
    }

    [Theory]
    [InlineData("A=x # a comment", "A=x", 1, "# a comment")]
    [InlineData("B=1\nA= # a comment", "B=1;A=", 2, "# a comment")]
    [InlineData("A=don't # it's", "A=don't", 1, "# it's")]
    [InlineData("A=1\nB=2\nA=3", "B=2;A=3", 3, "line 1 already")]
    [InlineData("B=${A}-x", "B=${A}-x", 1, "“$”")]
    [InlineData("A=\"$HOME\"", "A=$HOME", 1, "“$”")]
    [InlineData("P=\"pw\nQ=1\nR=\"", "P=pw\nQ=1\nR=", 1, "Lines 1 to 3 are one value")]
    [InlineData("P=\"pw\nQ=\"a\" b\"", "P=pw\nQ=a b", 1, "“Q=” is a part of it")]
    public void What_may_have_been_meant_otherwise_is_said_with_its_line(string text, string variables, int line, string says)
    {
        var file = DotEnv.Parse(text);

        Assert.Equal(variables, string.Join(';', file.Variables.Select(v => $"{v.Key}={v.Value}")));
        Assert.Empty(file.Errors);
        var note = Assert.Single(file.Notes);
        Assert.Equal(line, note.Line);
        Assert.Contains(says, note.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A=1\nnonsense", 2, "no NAME=value")]
    [InlineData("=x", 1, "no name")]
    [InlineData("A=\"never closed\nB=1", 1, "never closes")]
    [InlineData("A='never closed", 1, "never closes")]
    [InlineData("P=\"pw\nQ=1\nR=\"x\"\nS=2", 1, "never closes")]
    [InlineData("P=\"pw\nQ=\"a b\"", 1, "more text, in line 2")]
    [InlineData("A=\"x\" y", 1, "more text, in line 1")]
    [InlineData("A=-----BEGIN KEY-----\nabc", 2, "in double quotes")]
    public void A_line_that_cannot_be_read_is_named(string text, int line, string says)
    {
        var error = Assert.Single(DotEnv.Parse(text).Errors);

        Assert.Equal(line, error.Line);
        Assert.Contains(says, error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_that_cannot_be_read_is_named_and_the_others_are_read()
    {
        var file = DotEnv.Parse("# settings\n\nA=1\nnonsense\n=x\nB=\"never closed\nC=2\n");

        Assert.Equal([new("A", "1"), new("C", "2")], file.Variables);
        Assert.Equal([4, 5, 6], file.Errors.Select(e => e.Line));
    }

    [Fact]
    public void No_text_is_too_odd_to_be_read() => Gen.Char["ab=\"'\\#$ \t\r\n{}\uFEFF"].Array[0, 40].Select(c => new string(c)).Sample(text =>
    {
        var file = DotEnv.Parse(text);
        Assert.All(file.Errors.Concat(file.Notes), remark => Assert.InRange(remark.Line, 1, text.Split('\n', '\r').Length));
        Assert.Equal(file.Variables.Count, file.Variables.Select(v => v.Key).Distinct(StringComparer.Ordinal).Count());
    });

    [Fact]
    public void A_value_in_single_quotes_arrives_byte_for_byte() => Gen.String.Where(value => !value.Contains('\'')).Sample(value =>
        Assert.Equal([new("A", value)], DotEnv.Parse($"A='{value}'").Variables));
}
