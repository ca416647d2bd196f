using System.Globalization;
using System.Text;
using CsCheck;
using Slipway.Api.Monitoring;
using Slipway.Contracts;

namespace Slipway.Tests.Unit.Monitoring;

public sealed class PromQlTests
{
    /// <summary>Texts that try to end a string, a selector or an expression, and what follows.</summary>
    public static TheoryData<string> Injections =>
    [
        "\"", "\\", "\\\"", "\"}", "\"} or up{a=\"", "a\",project!=\"", "a\"} or slipway_app_pod{project=~\".*", "\\\"} or vector(1) #", "a' or 'b", "`", "`} or up #",
        "\n", "\r\n", "\0", "\u2028", "#", "a # b", "{{", "$1", "${project}", ".*", "a|b", "[5m]", "a\\", "a\\\\\"", "\u00e9", "😀", "\ud800", "\udc00\"", "%22", "&#34;", "\\x22", "\\u0022", "\\042",
    ];

    [Theory]
    [MemberData(nameof(Injections))]
    public void A_value_stays_a_value(string value)
    {
        Assert.Equal(Repaired(value), Read(PromQl.Quote(value)));
        Assert.Equal($"m{{a={PromQl.Quote(value)},b=\"x\"}}", PromQl.Series("m", ("a", value), ("b", "x")).ToString());
    }

    [Fact]
    public void Any_value_stays_a_value() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["\"\\{}[]()`'#$\n"]), 0, 40].Sample(value => Read(PromQl.Quote(value)) == Repaired(value));

    [Theory]
    [InlineData("up}")]
    [InlineData("Up")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => PromQl.Series(name));
        Assert.Throws<ArgumentException>(() => PromQl.Series("up", (name, "x")));
        Assert.Throws<ArgumentException>(() => PromQl.Series("up").Over(name, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Every_chart_asks_about_one_project_only()
    {
        foreach (var kind in Enum.GetValues<MetricKind>())
        {
            foreach (var step in new[] { 15, 60, 7200 })
            {
                foreach (var app in new[] { null, "shop" })
                {
                    var text = MetricExpressions.Of(kind, "demo", app, TimeSpan.FromSeconds(step)).ToString();
                    var selectors = text.Count(c => c == '{');
                    Assert.Equal(selectors, text.Split("{project=\"demo\"").Length - 1);
                    Assert.Equal(app is null ? 0 : selectors, text.Split("app=\"shop\"").Length - 1);
                }
            }
        }
    }

    // What a half of a character becomes: Prometheus takes valid Unicode only.
    private static string Repaired(string value) => string.Concat(value.EnumerateRunes());

    /// <summary>Reads a string literal as Prometheus does (promql/parser/lex.go, strutil.Unquote); fails where it does not end at its end.</summary>
    private static string Read(string literal)
    {
        var value = new StringBuilder();
        Assert.Equal('"', literal[0]);
        for (var i = 1; ; i++)
        {
            Assert.True(i < literal.Length, "the literal has no end");
            switch (literal[i])
            {
                case '"':
                    Assert.Equal(literal.Length - 1, i);
                    return value.ToString();
                case '\\' when literal[i + 1] is '\\' or '"':
                    value.Append(literal[++i]);
                    break;
                case '\\':
                    var digits = literal[++i] == 'u' ? 4 : 8;
                    Assert.True(literal[i] is 'u' or 'U');
                    value.Append(char.ConvertFromUtf32(int.Parse(literal.AsSpan(i + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
                    i += digits;
                    break;
                case var c:
                    Assert.InRange(c, ' ', '~');
                    value.Append(c);
                    break;
            }
        }
    }
}
