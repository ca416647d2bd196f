using System.Net;
using Microsoft.Playwright;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Web.Components;

namespace Slipway.Tests.Journeys;

/// <summary>Who sees which page of the portal: every page that there is, opened by everybody who could come.</summary>
[Collection(nameof(PageAccessTests))]
public sealed class PageAccessTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private const string App = "canary-app";

    // Written out here, and not read from the code that is tested.
    private static readonly Dictionary<Permission, Role> Least = new()
    {
        [Permission.ViewProject] = Role.Viewer,
        [Permission.DeployApp] = Role.Editor,
        [Permission.ReadAudit] = Role.Creator,
        [Permission.ManageNotifications] = Role.Creator,
        [Permission.ManageRegistries] = Role.Creator,
    };

    [Fact]
    public void Every_page_says_whom_it_is_for()
    {
        Assert.True(PortalPlace.All.Count >= 20);
        var silent = PortalPlace.All.Where(p => p.For is null).ToList();
        Assert.True(silent.Count == 0, $"These pages do not say whom they are for ([PageFor(…)]): {string.Join(", ", silent)}");
        Assert.All(PortalPlace.All.Where(p => p.Template.StartsWith("/projects/{Project}", StringComparison.Ordinal)), p => Assert.Equal(PageAudience.Collaborator, p.For!.Audience));
        Assert.All(PortalPlace.All.Where(p => p.Template.StartsWith("/admin", StringComparison.Ordinal)), p => Assert.Equal(PageAudience.Administrator, p.For!.Audience));
    }

    [Fact]
    public void The_documentation_has_the_pages_that_the_code_has()
    {
        var table = PageTable.Write();
        var file = Path.Combine(TestEnvironment.Repository, "Web", "ACCESS.md");
        var written = Path.Combine(TestEnvironment.Results, "WEB-ACCESS.md");
        File.WriteAllText(written, table);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == table, $"Web/ACCESS.md is not what the pages declare. What they declare is in {written}: read it, and copy it if it is right.");
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_sent_to_sign_in_by_every_page_that_is_not_for_everybody_and_opens_no_live_page()
    {
        var web = Own(await WebProcess.Start(await Platform.Api()));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = web.Address };
        foreach (var cookie in (string?[])[null, "slipway=CfDJ8Made-up", $"slipway={new string('A', 3000)}"])
        {
            foreach (var place in PortalPlace.All)
            {
                using var answer = await Ask(HttpMethod.Get, Address(place, "demo"), cookie);
                var toSignIn = answer.StatusCode is HttpStatusCode.Redirect && answer.Headers.Location?.ToString().Contains("/sign-in", StringComparison.Ordinal) is true;
                Assert.True(toSignIn != (place.For!.Audience is PageAudience.Everybody), $"{place}: {answer.StatusCode} {answer.Headers.Location}");
            }

            foreach (var (method, path, status) in (IEnumerable<(HttpMethod, string, HttpStatusCode)>)
            [
                (HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", HttpStatusCode.Unauthorized), (HttpMethod.Get, "/_blazor?id=made-up", HttpStatusCode.Unauthorized),
                (HttpMethod.Post, "/_blazor?id=made-up", HttpStatusCode.Unauthorized), (HttpMethod.Post, "/session/refresh", HttpStatusCode.Unauthorized),
                (HttpMethod.Get, "/projects/demo/apps/shop/log.txt", HttpStatusCode.Redirect),
            ])
            {
                using var answer = await Ask(method, path, cookie);
                Assert.True(answer.StatusCode == status, $"{method} {path}: {answer.StatusCode}");
            }
        }

        async Task<HttpResponseMessage> Ask(HttpMethod method, string path, string? cookie)
        {
            using var request = new HttpRequestMessage(method, path);
            if (cookie is not null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            return await http.SendAsync(request);
        }
    }

    [Fact]
    public async Task Every_page_shows_everybody_what_it_declares()
    {
        var stage = Own(await PageStage.Set(browser, App));
        var wrong = new List<string>();
        foreach (var visitor in stage.Visitors)
        {
            foreach (var place in PortalPlace.All)
            {
                var expected = Expected(place.For!, visitor);
                var found = await visitor.See(Address(place, stage.Project), expected);
                if (found != expected)
                {
                    wrong.Add($"{place} for {visitor.Name}: {found} instead of {expected}");
                }

                if (expected is not Sight.Page && await visitor.Window.Page.ContentAsync() is var html && html.Contains(PageStage.Secret, StringComparison.Ordinal))
                {
                    wrong.Add($"{place} shows {visitor.Name} something of the project");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task A_stranger_cannot_tell_a_project_that_is_there_from_one_that_is_not()
    {
        var stage = Own(await PageStage.Set(browser, App));
        var stranger = stage.Visitors.Single(v => v.Name == "stranger");
        var missing = stage.Project + "-not";
        foreach (var place in PortalPlace.All.Where(p => p.For!.Audience is PageAudience.Collaborator))
        {
            Assert.Equal(await Text(missing), await Text(stage.Project));

            async Task<string> Text(string project)
            {
                Assert.Equal(Sight.NotHere, await stranger.See(Address(place, project), Sight.NotHere));
                return (await stranger.Window.Page.Locator("main").InnerTextAsync()).Replace(project, "PROJECT", StringComparison.Ordinal);
            }
        }

        using var log = await stage.Get(stranger, $"/projects/{stage.Project}/apps/{App}/log.txt?previous=false");
        using var none = await stage.Get(stranger, $"/projects/{missing}/apps/{App}/log.txt?previous=false");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (log.StatusCode, none.StatusCode));
    }

    [Fact]
    public async Task A_page_that_was_kept_shows_nothing_once_its_session_is_gone()
    {
        var stage = Own(await PageStage.Set(browser, App));
        var creator = stage.Visitors.Single(v => v.Name == "creator");
        var path = $"/projects/{stage.Project}";
        using var shell = await stage.Get(creator, path);
        var html = await shell.Content.ReadAsStringAsync();
        Assert.Contains("Blazor:", html, StringComparison.Ordinal);

        // Somebody has the page's source, with all that it takes to bring it to life, but not the session.
        await using var thief = await browser.Open(PageStage.Desk, stage.Web.Address);
        await thief.Page.RouteAsync($"**{path}", route => route.FulfillAsync(new() { Body = html, ContentType = "text/html" }));
        var refused = thief.Page.WaitForResponseAsync(answer => answer.Url.Contains("/_blazor/negotiate", StringComparison.Ordinal));
        await thief.Open(path);
        Assert.Equal(401, (await refused).Status);
        Assert.DoesNotContain(App, await thief.Page.ContentAsync(), StringComparison.Ordinal);
    }

    private static string Address(PortalPlace place, string project) =>
        place.Template.Replace("{Project}", project, StringComparison.Ordinal).Replace("{Name}", App, StringComparison.Ordinal);

    private static Sight Expected(PageForAttribute page, PageVisitor visitor) => page.Audience switch
    {
        PageAudience.Everybody => Sight.Page,
        _ when !visitor.IsKnown => Sight.SignIn,
        PageAudience.Person => Sight.Page,
        PageAudience.Administrator => visitor.IsAdministrator ? Sight.Page : Sight.NotAllowed,
        _ when visitor.Role is not { } role => Sight.NotHere,
        _ => visitor.Role >= Least[page.Permission!.Value] ? Sight.Page : Sight.NotAllowed,
    };
}
