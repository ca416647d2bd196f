using System.Text.RegularExpressions;

namespace Slipway.Web.Words;

/// <summary>Log text as it can be read on a page.</summary>
static partial class PlainText
{
    /// <summary>Without a terminal's escape sequences (ECMA-48: colours, cursor movements, window titles).</summary>
    public static string Strip(string text) => text.Contains('\e', StringComparison.Ordinal) ? Escapes().Replace(text, "") : text;

    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[@-Z\\-_])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Escapes();
}
