using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>Signing in with an identity provider, as people do it in the portal.</summary>
[Collection(nameof(ProviderJourneyTests))]
public sealed class ProviderJourneyTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private static readonly Screen Desk = new(1280, 800, Dark: false), Phone = new(390, 844, Dark: true);

    [Fact]
    public async Task Somebody_comes_by_the_provider_has_what_their_group_gives_goes_and_comes_back_as_the_same_person()
    {
        var project = Names.Project("group");
        var (provider, api, web, database) = await Set(("Oidc__Roles__0__Value", "devs"), ("Oidc__Roles__0__Project", project), ("Oidc__Roles__0__Role", "editor"));
        using var creator = await TestUser.Register(api);
        await creator.Client.CreateProject(new(project));
        var person = provider.Add(groups: "devs");
        await using var visitor = await browser.Open(Desk, web.Address);

        await visitor.Open($"/projects/{project}/collaborators");
        await visitor.Part("sign-in-provider").WaitForAsync();
        await visitor.Look("sign-in-provider");
        await Come(visitor, person);
        await visitor.IsAt($"/projects/{project}/collaborators");
        var row = visitor.Page.Locator($"[data-testid=collaborator-row][data-email='{provider.People[person].Email}']");
        await Expect(row.GetByTestId("mapped-badge")).ToBeVisibleAsync();
        await Expect(row.GetByTestId("collaborator-role-word")).ToContainTextAsync("editor", new() { IgnoreCase = true });
        await visitor.Look("collaborators-by-group");

        await visitor.Open("/account");
        await Expect(visitor.Part("no-password")).ToBeVisibleAsync();
        await Expect(visitor.Part("account-tab-two-factor")).ToHaveCountAsync(0);
        await visitor.Look("account-by-provider");
        await visitor.Open("/account?tab=devices");
        await Expect(visitor.Part("by-provider").First).ToBeVisibleAsync();

        await visitor.Open("/account");
        await visitor.Click("account-sign-out");
        await visitor.Part("sign-in-provider").WaitForAsync();
        await Come(visitor, person);
        await visitor.Part("user-menu").WaitForAsync();
        Assert.Equal(2, await database.Scalar<long>("SELECT count(*) FROM users"));
        visitor.HadNothingToComplainAbout();

        await using var phone = await browser.Open(Phone, web.Address);
        await phone.Open("/sign-in");
        await phone.Look("sign-in-provider");
    }

    [Fact]
    public async Task Where_the_provider_is_the_only_way_in_no_page_takes_a_password_and_an_invitation_leads_to_it()
    {
        var (provider, api, web, _) = await Set(("Oidc__Only", "true"));
        await using var host = await browser.Open(Desk, web.Address);
        await host.Open("/sign-in");
        await Expect(host.Part("sign-in-provider")).ToBeVisibleAsync();
        await Expect(host.Page.Locator("input[type=password], input[type=email]")).ToHaveCountAsync(0);
        await host.Look("sign-in-provider-only");
        foreach (var path in (string[])["/register", "/forgot-password", "/reset-password?code=x"])
        {
            await host.Open(path);
            await host.IsAt("/sign-in");
        }

        await Come(host, provider.Add());
        await host.Click("create-project");
        var project = Names.Project("only");
        await host.Type("create-project-name", project);
        await host.Click("create-project-submit");
        await host.IsAt($"/projects/{project}");
        var email = Names.Email();
        await host.Open($"/projects/{project}/collaborators");
        await host.Type("invite-email", email);
        await host.Click("invite-submit");
        var link = (await host.Part("invitation-link-text").First.TextContentAsync())!.Trim();

        await using var guest = await browser.Open(Phone, web.Address);
        await guest.Open(link);
        await Expect(guest.Part("invitation-register")).ToHaveCountAsync(0);
        await guest.Look("invitation-provider-only");
        await guest.Click("invitation-sign-in");
        await Come(guest, provider.Add(email));
        await guest.Click("invitation-accept");
        await guest.IsAt($"/projects/{project}");
        guest.HadNothingToComplainAbout();
        host.HadNothingToComplainAbout();

        await host.Open("/projects/" + project);
        await host.Click("project-menu");
        await host.Click("delete-project");
        await host.Type("confirm-name", project);
        await host.Click("confirm-submit");
        await host.IsAt("/projects");
    }

    [Fact]
    public async Task Who_is_refused_or_comes_back_with_something_else_is_told_so_and_not_signed_in()
    {
        var (provider, api, web, _) = await Set();
        using var administrator = await TestUser.Register(api);
        var person = provider.Add();
        await using var visitor = await browser.Open(Desk, web.Address);

        // Did not agree.
        await visitor.Open("/sign-in?returnUrl=//evil.example");
        await Come(visitor, ProviderHost.Deny);
        await visitor.Says("provider-message", "not let in");
        await visitor.Look("provider-denied");

        // Came back with another state, with nothing begun, and a second time.
        await visitor.Open("/sign-in/provider");
        await visitor.Open("/sign-in/callback?code=made-up&state=made-up");
        await visitor.Says("provider-message", "Begin again");
        await visitor.Page.ReloadAsync();
        await visitor.Says("provider-message", "was used already");
        await visitor.Open("/sign-in/callback?error=server_error&error_description=Call+this+number");
        await visitor.Says("provider-message", "broken off");
        Assert.DoesNotContain("Call this number", await visitor.Page.ContentAsync(), StringComparison.Ordinal);
        await visitor.Open("/projects");
        await visitor.IsAt("/sign-in");

        // Nobody is led to another site, neither at the start nor at the end.
        await visitor.Open("/sign-in?returnUrl=//evil.example");
        await Come(visitor, person);
        await visitor.IsAt("/projects");
        await visitor.Part("user-menu").WaitForAsync();

        var id = (await administrator.Client.Users(new() { Search = provider.People[person].Email })).Items.Single().Id;
        await administrator.Client.PatchUser(id, new(Disabled: true));
        await visitor.IsAt("/sign-in");
        await Come(visitor, person);
        await visitor.Says("provider-message", "disabled");
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_said_to_be_away_and_passwords_still_work()
    {
        var (provider, api, web, _) = await Set();
        await provider.Stop();
        using var user = await TestUser.Register(api);
        await using var visitor = await browser.Open(Desk, web.Address);
        await visitor.Open("/sign-in");
        await visitor.Click("sign-in-provider");
        await visitor.Says("sign-in-message", "does not answer");
        await visitor.Look("provider-away");
        await visitor.SignIn(user);
        visitor.HadNothingToComplainAbout();
    }

    private static async Task Come(Visitor visitor, string person)
    {
        await visitor.Page.Locator("[data-testid=sign-in-provider], [data-testid=provider-again]").First.ClickAsync();
        await visitor.Type("provider-name", person);
        await visitor.Click("provider-go");
    }

    private async Task<(ProviderHost Provider, ApiProcess Api, WebProcess Web, TestDatabase Database)> Set(params (string Name, string? Value)[] settings)
    {
        var port = ChildProcess.FreePort();
        var portal = $"http://127.0.0.1:{port}";
        var provider = Own(await ProviderHost.Start(portal));
        var all = provider.Settings;
        all["PublicUrl"] = portal;
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: all));
        return (provider, api, Own(await WebProcess.Start(api, port)), database);
    }
}
