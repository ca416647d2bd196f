using System.Text;

namespace Slipway.Web.Forms;

/// <summary>
/// Reads the text of a .env file: <c>NAME=value</c> lines, comments, <c>export</c>, and quotes as Docker Compose and the dotenv
/// libraries understand them. Nothing is substituted: <c>$</c> stays <c>$</c>.
/// </summary>
static class DotEnv
{
    /// <summary>The variables in the order of the text, and the lines (from 1) that are none.</summary>
    public static (IReadOnlyList<KeyValuePair<string, string>> Variables, IReadOnlyList<int> BadLines) Parse(string text)
    {
        var variables = new List<KeyValuePair<string, string>>();
        var bad = new List<int>();
        var lines = text.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var number = i + 1;
            var line = lines[i].TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            line = line.StartsWith("export ", StringComparison.Ordinal) ? line[7..].TrimStart() : line;
            var equals = line.IndexOf('=');
            if (equals <= 0)
            {
                bad.Add(number);
                continue;
            }

            var name = line[..equals].TrimEnd();
            var rest = line[(equals + 1)..].TrimStart();
            if (rest is ['"' or '\'', ..])
            {
                if (Quoted(lines, ref i, rest) is not { } value)
                {
                    bad.Add(number);
                    continue;
                }

                variables.Add(new(name, value));
            }
            else
            {
                // As everywhere: a '#' starts a comment only after a space.
                var comment = rest.StartsWith('#') ? 0 : rest.IndexOf(" #", StringComparison.Ordinal);
                variables.Add(new(name, (comment >= 0 ? rest[..comment] : rest).TrimEnd()));
            }
        }

        return (variables, bad);
    }

    // The value may go on over more lines; then i moves to its last one. Null where the quote never closes.
    private static string? Quoted(string[] lines, ref int i, string first)
    {
        var quote = first[0];
        var value = new StringBuilder();
        var text = first[1..];
        for (var line = i; ; text = lines[line])
        {
            for (var c = 0; c < text.Length; c++)
            {
                if (text[c] == quote)
                {
                    i = line;
                    return value.ToString();
                }

                if (text[c] == '\\' && quote == '"' && c + 1 < text.Length)
                {
                    value.Append(Escaped(text[++c]));
                }
                else
                {
                    value.Append(text[c]);
                }
            }

            if (++line == lines.Length)
            {
                return null;
            }

            value.Append('\n');
        }
    }

    private static string Escaped(char c) => c switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' or '$' => c.ToString(),
        _ => $"\\{c}",
    };
}
