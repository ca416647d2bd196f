using System.Text;
using Slipway.Api.Accounts;
using Slipway.Contracts;

namespace Slipway.Tests.Api.Access;

/// <summary>The documentation of who may do what, made from what the code declares.</summary>
static class AccessTable
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Who may do what

            Made from the table of roles (`Contracts/Permissions.cs`) and from what every endpoint declares; a test fails where this page is not what they say.

            ## Roles in a project

            | permission | | viewer | editor | creator |
            |---|---|:-:|:-:|:-:|

            """);
        foreach (var rule in RoleTable.Rules)
        {
            text.Append($"| `{Name(rule.Permission)}` | {rule.Words} |").AppendJoin('|', Enum.GetValues<Role>().Select(role => role.May(rule.Permission) ? " ✓ " : "   ")).Append("|\n");
        }

        text.Append("""

            Somebody who is not in a project gets 404 for everything in it, as if it were not there. Administrators of the platform see every project as
            viewers do. An access token may do what its owner may at that moment, cut down to its own role, project and actions; it can never do what is
            for signed-in persons or administrators.

            ## Endpoints

            | | | for |
            |---|---|---|

            """);
        foreach (var endpoint in ApiEndpoint.All)
        {
            text.Append($"| {endpoint.Method} | `{endpoint.Pattern}` | {For(endpoint.Access)} |\n");
        }

        return text.ToString();
    }

    private static string For(EndpointAccess access) => access.Audience switch
    {
        Audience.Anyone => "anyone",
        Audience.Alertmanager => "Alertmanager, by `Alerts:Token`",
        Audience.Scraper => "Prometheus, by `Metrics:Token` or from the same machine",
        Audience.User => access.Permission is { } needed ? $"users, tokens with `{Name(needed)}`" : "users, tokens too",
        Audience.Person => "signed-in persons",
        Audience.Administrator => "administrators",
        _ => $"`{Name(access.Permission!.Value)}` ({RoleTable.Least(access.Permission.Value).ToString().ToLowerInvariant()}){(access.OnlyPersons ? ", signed-in persons" : "")}",
    };

    private static string Name(Permission permission) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(permission.ToString());
}
