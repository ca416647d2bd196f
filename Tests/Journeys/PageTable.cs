using System.Text;
using Slipway.Contracts;
using Slipway.Web.Components;

namespace Slipway.Tests.Journeys;

/// <summary>The documentation of who sees which page, made from what the pages declare.</summary>
static class PageTable
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Who sees which page

            Made from what every page of the portal declares; a test fails where this page is not what they say, and another one opens every page as everybody.
            What may be done is the API's to say: see [Api/ACCESS.md](../Api/ACCESS.md).

            Who is not signed in, or no longer, is led to the sign-in page, and no live connection is opened for them. For somebody who is not in a project its
            pages say that there is no such project, the same as for one that does not exist. Who is in it with too low a role is told what it takes.

            | page | for |
            |---|---|

            """);
        foreach (var place in PortalPlace.All)
        {
            text.Append($"| `{place.Template}` | {For(place.For!)} |\n");
        }

        return text.ToString();
    }

    private static string For(PageForAttribute page) => page.Audience switch
    {
        PageAudience.Everybody => "everybody",
        PageAudience.Person => "signed-in persons",
        PageAudience.Administrator => "administrators",
        _ => $"`{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(page.Permission!.Value.ToString())}` ({RoleTable.Least(page.Permission.Value).ToString().ToLowerInvariant()})",
    };
}
