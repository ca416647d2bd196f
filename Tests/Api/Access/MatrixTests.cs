using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Slipway.Api.Accounts;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>Who may use what: every endpoint that there is, tried by everybody who could come.</summary>
[Collection(nameof(MatrixTests))]
public sealed class MatrixTests(Platform platform) : PlatformTest(platform)
{
    // Written out here, and not read from the code that is tested.
    private static readonly Dictionary<Role, Permission[]> Permitted = new()
    {
        [Role.Viewer] = [Permission.ViewProject, Permission.ReadLogs],
        [Role.Editor] = [Permission.ViewProject, Permission.ReadLogs, Permission.DeployApp, Permission.RunApp, Permission.DeleteApp, Permission.ManageAlerts],
        [Role.Creator] = Enum.GetValues<Permission>(),
    };

    private enum Answer
    {
        Yes,
        SignInFirst,
        Forbidden,
        NoSuchProject,
    }

    [Fact]
    public async Task Every_endpoint_answers_everybody_as_it_declares()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?>
        {
            ["Metrics__Token"] = "known to Prometheus alone",
            ["Smtp__Host"] = "127.0.0.1",
            ["Smtp__Port"] = "9",
            ["Smtp__Security"] = "None",
            ["Smtp__From"] = "slipway@example.com",
            ["Alerts__Token"] = "a token of Alertmanager's alone",
        }));
        using var visitors = await Visitors.Gather(api, database);
        var wrong = new List<string>();
        foreach (var endpoint in ApiEndpoint.All)
        {
            foreach (var visitor in visitors.All)
            {
                var (expected, found) = (Expected(endpoint.Access, visitor), await Try(endpoint, visitor, visitors.Project));
                if (found != expected)
                {
                    wrong.Add($"{endpoint} for {visitor.Name}: {found} instead of {expected}");
                }

                if (endpoint.Method != "GET" && endpoint.Pattern is "/api/account/logout" or "/api/projects/{project}/leave")
                {
                    await visitor.Restore();
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.NotEmpty((await visitors.Creator.Client.Apps(visitors.Project)).Items);
    }

    [Fact]
    public void The_documentation_has_the_table_that_the_code_has()
    {
        var table = AccessTable.Write();
        var file = Path.Combine(TestEnvironment.Repository, "Api", "ACCESS.md");
        var written = Path.Combine(TestEnvironment.Results, "ACCESS.md");
        File.WriteAllText(written, table);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == table, $"Api/ACCESS.md is not what the endpoints declare. What they declare is in {written}: read it, and copy it if it is right.");
    }

    [Fact]
    public void Every_endpoint_declares_who_may_use_it()
    {
        Assert.True(ApiEndpoint.All.Count > 40);
        Assert.All(ApiEndpoint.All, e => Assert.NotNull(e.Access));
        Assert.All(ApiEndpoint.All.Where(e => e.Pattern.StartsWith("/api/projects/{project}", StringComparison.Ordinal)), e => Assert.Equal(Audience.Collaborator, e.Access.Audience));
        Assert.All(ApiEndpoint.All.Where(e => e.Pattern.StartsWith("/api/admin", StringComparison.Ordinal)), e => Assert.Equal(Audience.Administrator, e.Access.Audience));
    }

    private static Answer Expected(EndpointAccess access, Visitor visitor) => access.Audience switch
    {
        Audience.Anyone => Answer.Yes,
        Audience.Alertmanager => Answer.SignInFirst,
        Audience.Scraper => Answer.SignInFirst,
        _ when !visitor.IsKnown => Answer.SignInFirst,
        Audience.User => access.Permission is { } needed && visitor.Actions?.Contains(needed) is false ? Answer.Forbidden : Answer.Yes,
        Audience.Person => visitor.IsPerson ? Answer.Yes : Answer.Forbidden,
        Audience.Administrator => visitor is { IsPerson: true, IsAdministrator: true } ? Answer.Yes : Answer.Forbidden,
        _ when visitor.Role is not { } role => Answer.NoSuchProject,
        _ when access.OnlyPersons && !visitor.IsPerson => Answer.Forbidden,
        _ => Permitted[visitor.Role!.Value].Contains(access.Permission!.Value) && visitor.Actions?.Contains(access.Permission.Value) is null or true ? Answer.Yes : Answer.Forbidden,
    };

    /// <summary>An empty body, and names of things that are not there: who gets through changes nothing.</summary>
    private static async Task<Answer> Try(ApiEndpoint endpoint, Visitor visitor, string project)
    {
        var path = endpoint.Pattern.Replace("{project}", project, StringComparison.Ordinal).Replace("{app}", "nothing", StringComparison.Ordinal)
            .Replace("{email}", "nobody@example.com", StringComparison.Ordinal).Replace("{number}", "1", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{documentName?}", "", StringComparison.Ordinal);
        path = System.Text.RegularExpressions.Regex.Replace(path, @"\{\*?\*?\w+\??\}", Guid.NewGuid().ToString());
        using var request = new HttpRequestMessage(new(endpoint.Method), path);
        if (endpoint.Method is not ("GET" or "HEAD" or "DELETE"))
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var answer = await visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True((int)answer.StatusCode < 500, $"{endpoint} for {visitor.Name}: {(int)answer.StatusCode}");
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => Answer.SignInFirst,
            HttpStatusCode.Forbidden => Answer.Forbidden,
            HttpStatusCode.NotFound when ((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())?["title"])?.Contains("or you are not in it", StringComparison.Ordinal) is true => Answer.NoSuchProject,
            _ => Answer.Yes,
        };
    }
}
