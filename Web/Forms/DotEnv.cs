using System.Text;
using System.Text.RegularExpressions;

namespace Slipway.Web.Forms;

/// <summary>
/// Reads the text of a .env file: <c>NAME=value</c> lines, comments, <c>export</c>. A value that begins with a quote is read as a shell
/// word (POSIX.1-2017, Shell Command Language, 2.2 Quoting), so <c>'it'\''s'</c> is <c>it's</c>; within double quotes <c>\n</c>,
/// <c>\r</c> and <c>\t</c> stand for the characters, as in the dotenv libraries. Any other value is taken as it is, up to a comment.
/// Nothing is substituted: <c>$</c> stays <c>$</c>. Line ends inside a quoted value stay as they are.
/// </summary>
static partial class DotEnv
{
    /// <summary>Reads a text. Never throws, whatever the text.</summary>
    public static DotEnvFile Parse(string text)
    {
        var reader = new Reader(text.TrimStart('\uFEFF'));
        while (reader.MoreLines)
        {
            reader.ReadLine();
        }

        return reader.ToFile();
    }

    // A name that a shell would take for a variable, at the beginning of a line.
    [GeneratedRegex(@"^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\$\{?[A-Za-z_]", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Reference();

    private sealed class Reader(string text)
    {
        private readonly List<KeyValuePair<string, string>> variables = [];
        private readonly Dictionary<string, int> firstLines = new(StringComparer.Ordinal);
        private readonly List<DotEnvRemark> errors = [], notes = [];
        private int at, line = 1;
        private string? lastName;

        public bool MoreLines => at < text.Length;

        public DotEnvFile ToFile() => new(variables, errors, notes);

        public void ReadLine()
        {
            var (start, number) = (at, line);
            SkipBlanks();
            var content = RestOfLine();
            if (content.Length == 0 || content[0] == '#')
            {
                NextLine();
                return;
            }

            if (content.StartsWith("export ", StringComparison.Ordinal) || content.StartsWith("export\t", StringComparison.Ordinal))
            {
                at += "export ".Length;
                SkipBlanks();
                content = RestOfLine();
            }

            var equals = content.IndexOf('=');
            if (equals <= 0)
            {
                errors.Add(new(number, NoVariable(start)));
                NextLine();
                return;
            }

            var name = content[..equals].TrimEnd().ToString();
            at += equals + 1;
            var atValue = at;
            SkipBlanks();
            if (at < text.Length && text[at] is '"' or '\'')
            {
                ReadWord(name, number);
            }
            else
            {
                // "NAME=#value" is a value, "NAME= # text" a comment.
                ReadPlain(name, number, blanksBefore: at > atValue);
            }
        }

        // Up to a comment: a '#' after a blank that is not within quotes that close on the same line.
        private void ReadPlain(string name, int number, bool blanksBefore)
        {
            var content = RestOfLine();
            var comment = content is ['#', ..] && blanksBefore ? 0 : CommentIn(content);
            var value = (comment < 0 ? content : content[..comment]).TrimEnd().ToString();
            if (comment >= 0)
            {
                notes.Add(new(number, $"“{Shortened(content[comment..].Trim())}” is left out as a comment. If it belongs to the value of {name}, put the value in quotes."));
            }

            NextLine();
            Add(name, value, number, substitutes: Reference().IsMatch(value));
        }

        private static int CommentIn(ReadOnlySpan<char> content)
        {
            for (var i = 0; i < content.Length; i++)
            {
                if (content[i] is '"' or '\'' && (content[i] == '"' || i == 0 || !char.IsLetterOrDigit(content[i - 1])) && Closing(content, i) is var closing and > 0)
                {
                    i = closing;
                }
                else if (content[i] == '#' && i > 0 && content[i - 1] is ' ' or '\t')
                {
                    return i;
                }
            }

            return -1;
        }

        private static int Closing(ReadOnlySpan<char> content, int opening)
        {
            for (var i = opening + 1; i < content.Length; i++)
            {
                if (content[i] == '\\' && content[opening] == '"')
                {
                    i++;
                }
                else if (content[i] == content[opening])
                {
                    return i;
                }
            }

            return -1;
        }

        // A shell word: quoted parts, which may go on over lines, and plain ones, one after the other without a blank.
        private void ReadWord(string name, int number)
        {
            var (begin, value, substitutes) = (at, new StringBuilder(), false);
            while (at < text.Length && text[at] is not (' ' or '\t' or '\r' or '\n'))
            {
                if (text[at] is '"' or '\'')
                {
                    if (!ReadQuoted(value, ref substitutes))
                    {
                        // Only this line is given up: the quote was most likely forgotten, and what follows is read as usual.
                        (at, line) = (begin, number);
                        errors.Add(new(number, $"The quote that opens the value of {name} never closes."));
                        NextLine();
                        return;
                    }
                }
                else if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is not ('\r' or '\n'))
                {
                    value.Append(text[at + 1]);
                    at += 2;
                }
                else
                {
                    value.Append(text[at++]);
                }
            }

            var lastLine = line;
            SkipBlanks();
            var rest = RestOfLine();
            if (rest.Length > 0 && rest[0] != '#')
            {
                (at, line) = (begin, number);
                errors.Add(new(number, $"After the closing quote of the value of {name} there is more text, in line {lastLine}. A quote within the value is written \\\"."));
                NextLine();
                return;
            }

            if (lastLine > number && Swallowed(begin) is { } other)
            {
                notes.Add(new(number, $"Lines {number} to {lastLine} are one value, of {name}: its quote closes in line {lastLine} only, so that “{other}” is a part of it and no variable."));
            }

            NextLine();
            Add(name, value.ToString(), number, substitutes);
        }

        // False where the quote never closes.
        private bool ReadQuoted(StringBuilder value, ref bool substitutes)
        {
            var quote = text[at++];
            var begin = at;
            for (; at < text.Length; at++)
            {
                var c = text[at];
                if (c == quote)
                {
                    substitutes |= quote == '"' && Reference().IsMatch(text.AsSpan(begin, at - begin));
                    at++;
                    return true;
                }

                if (c == '\n')
                {
                    line++;
                }

                if (c == '\\' && quote == '"' && at + 1 < text.Length && Escaped(text[at + 1]) is { } escaped)
                {
                    value.Append(escaped);
                    at++;
                }
                else
                {
                    value.Append(c);
                }
            }

            return false;
        }

        private static char? Escaped(char c) => c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' or '\\' or '$' => c,
            _ => null,
        };

        // The first line inside of a value over several lines that looks like a variable of its own.
        private string? Swallowed(int begin) => text[begin..at].Split('\n').Skip(1).Where(l => Assignment().IsMatch(l)).Select(l => Shortened(l.AsSpan(0, l.IndexOf('=') + 1).Trim())).FirstOrDefault();

        private void Add(string name, string value, int number, bool substitutes)
        {
            if (firstLines.TryGetValue(name, out var first))
            {
                notes.Add(new(number, $"{name} is in line {first} already. The value of line {number} counts."));
                variables.RemoveAll(v => v.Key == name);
            }

            if (substitutes)
            {
                notes.Add(new(number, $"The value of {name} has a “$”, where some tools fill in another variable. It is taken as it is written; nothing is filled in."));
            }

            firstLines[name] = number;
            lastName = name;
            variables.Add(new(name, value));
        }

        private string NoVariable(int start) => lastName is not null && variables[^1].Value.StartsWith("-----BEGIN ", StringComparison.Ordinal)
            ? $"This is no NAME=value. If it belongs to the value of {lastName}, put that whole value, over all its lines, in double quotes."
            : text.AsSpan(start).TrimStart() is ['=', ..] ? "There is no name before the '='." : "This is no NAME=value.";

        private void SkipBlanks()
        {
            while (at < text.Length && text[at] is ' ' or '\t')
            {
                at++;
            }
        }

        private ReadOnlySpan<char> RestOfLine()
        {
            var rest = text.AsSpan(at);
            var end = rest.IndexOfAny('\r', '\n');
            return end < 0 ? rest : rest[..end];
        }

        private void NextLine()
        {
            at += RestOfLine().Length;
            if (at < text.Length)
            {
                at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
                line++;
            }
        }

        private static string Shortened(ReadOnlySpan<char> words) => words.Length > 40 ? $"{words[..40]}…" : words.ToString();
    }
}

/// <summary>What a .env file holds.</summary>
/// <param name="Variables">In the order of the text, each name once.</param>
/// <param name="Errors">Lines that could not be read; nothing of them is in the variables.</param>
/// <param name="Notes">Where the text may have been meant otherwise than it was read: to be shown before the variables are taken.</param>
sealed record DotEnvFile(IReadOnlyList<KeyValuePair<string, string>> Variables, IReadOnlyList<DotEnvRemark> Errors, IReadOnlyList<DotEnvRemark> Notes);

/// <summary>What there is to say of a line.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">A sentence.</param>
sealed record DotEnvRemark(int Line, string Text);
