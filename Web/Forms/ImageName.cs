using System.Text;
using Slipway.Contracts;

namespace Slipway.Web.Forms;

/// <summary>A name for an app, taken from its image link.</summary>
static class ImageName
{
    /// <summary><c>ghcr.io/team/Shop:1.4</c> gives <c>shop</c>; empty where nothing in it makes a name.</summary>
    public static string Suggest(string image)
    {
        var path = image.Trim().Split('@')[0].TrimEnd('/');
        var last = path[(path.LastIndexOf('/') + 1)..].Split(':')[0];
        var name = new StringBuilder();
        foreach (var c in last.ToLowerInvariant())
        {
            if (char.IsAsciiLetterLower(c) || (char.IsAsciiDigit(c) && name.Length > 0))
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '-')
            {
                name.Append('-');
            }
        }

        var text = name.ToString();
        return (text.Length > NameRules.AppMaxLength ? text[..NameRules.AppMaxLength] : text).TrimEnd('-');
    }
}
