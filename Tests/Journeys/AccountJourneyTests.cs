using Slipway.Contracts;
using Slipway.Tests.Api.Accounts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>People who work together, and their accounts, as they do it in the portal.</summary>
public sealed class AccountJourneyTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private static readonly Screen Desk = new(1280, 800, Dark: false);

    [Fact]
    public async Task A_creator_invites_changes_and_removes_somebody_who_is_out_of_the_open_page_at_once()
    {
        using var creator = await Platform.NewUser();
        using var guest = await Platform.NewUser();
        var project = await creator.NewProject("team");
        await creator.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var host = await browser.Open(Desk);
        await using var other = await browser.Open(Desk);
        await host.SignIn(creator);
        await other.SignIn(guest);

        await host.Open($"/projects/{project}/collaborators");
        await Invite(host, guest.Email, "Viewer");
        await Expect(Row(host, guest.Email)).ToBeVisibleAsync();
        await other.Open($"/projects/{project}");
        await other.Part("app-row").First.WaitForAsync();
        await Expect(other.Part("deploy-image").First).ToBeDisabledAsync();

        await Row(host, guest.Email).GetByTestId("collaborator-role").SelectOptionAsync("Editor");
        await Wait.For("the role to be changed", async cancel => (await creator.Client.Collaborators(project, cancel: cancel)).Items.Single(c => c.Email == guest.Email).Role, role => role is Role.Editor);
        await other.Open($"/projects/{project}");
        await Expect(other.Part("deploy-image").First).ToBeEnabledAsync();

        await Row(host, guest.Email).GetByTestId("remove-collaborator").ClickAsync();
        await host.Click("confirm-submit");
        await Expect(other.Part("not-found").First).ToBeVisibleAsync(new() { Timeout = 5000 });
        await Expect(Row(host, guest.Email)).ToHaveCountAsync(0);
        host.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task Somebody_without_an_account_follows_an_invitation_makes_one_and_is_in()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("invited"), Names.Email());
        await using var host = await browser.Open(Desk);
        await host.SignIn(creator);
        await host.Open($"/projects/{project}/collaborators");
        await Invite(host, email, "Editor");
        var link = (await host.Part("invitation-link-text").First.TextContentAsync())!.Trim();
        await host.Look("invitation-link");

        await using var guest = await browser.Open(Desk);
        await guest.Open(link);
        await guest.Look("invitation");
        await guest.Click("invitation-register");
        await guest.Type("register-email", email);
        await guest.Type("register-password", TestUser.Password);
        await guest.Click("register-submit");
        await guest.Click("invitation-accept");
        await guest.IsAt($"/projects/{project}");
        Assert.Equal(Role.Editor, (await creator.Client.Collaborators(project)).Items.Single(c => c.Email == email).Role);
        guest.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task An_access_token_is_made_shown_once_used_and_revoked()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("token");
        await using var visitor = await browser.Open(Desk);
        await visitor.SignIn(user);
        await visitor.Open("/account/tokens");
        await visitor.Part("tokens-empty").WaitForAsync();
        await visitor.Click("create-first-token");
        await visitor.Type("token-name", "pipeline");
        await visitor.Look("new-token");
        await visitor.Click("token-submit");
        var secret = (await visitor.Part("token-secret-text").First.TextContentAsync())!.Trim();
        await visitor.Look("token-secret");
        using var program = (await Platform.Api()).Http();
        program.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        Assert.Equal(project, (await new SlipwayClient(program).Projects()).Items.Single().Name);

        await visitor.Open("/account/tokens");
        await visitor.Part("token-row").First.WaitForAsync();
        Assert.DoesNotContain(secret, await visitor.Page.ContentAsync());
        await visitor.Click("revoke-token");
        await visitor.Click("confirm-submit");
        await visitor.Part("tokens-empty").WaitForAsync();
        await Assert.ThrowsAsync<SlipwayApiException>(() => new SlipwayClient(program).Me());
        visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task Two_factor_is_turned_on_and_signing_in_takes_a_recovery_code_then()
    {
        using var user = await Platform.NewUser();
        await using var visitor = await browser.Open(Desk);
        await visitor.SignIn(user);
        await visitor.Open("/account?tab=two-factor");
        await visitor.Click("two-factor-setup");
        await visitor.Type("confirm-password", TestUser.Password);
        await visitor.Click("confirm-submit");
        var key = (await visitor.Part("two-factor-key").First.TextContentAsync())!.Replace(" ", "", StringComparison.Ordinal).Trim();
        await visitor.Look("two-factor-setup");
        await visitor.Type("two-factor-code", new Authenticator(key).Code());
        await visitor.Click("two-factor-enable");
        var recovery = (await visitor.Part("recovery-code").First.TextContentAsync())!.Trim();
        await visitor.Look("recovery-codes");

        await using var elsewhere = await browser.Open(Desk);
        await elsewhere.Open("/sign-in");
        await elsewhere.Type("sign-in-email", user.Email);
        await elsewhere.Type("sign-in-password", TestUser.Password);
        await elsewhere.Click("sign-in-submit");
        await elsewhere.Part("sign-in-code").WaitForAsync();
        await elsewhere.Look("sign-in-code");
        Assert.DoesNotContain(TestUser.Password, await elsewhere.Page.ContentAsync());
        await elsewhere.Type("sign-in-code", recovery);
        await elsewhere.Click("sign-in-submit");
        await elsewhere.Part("user-menu").WaitForAsync();
        visitor.HadNothingToComplainAbout();
    }

    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(390, 844, true)]
    public async Task Every_page_of_accounts_fits_its_screen_and_can_be_used_by_everybody(int width, int height, bool dark)
    {
        using var user = await Platform.NewUser();
        var database = await Platform.Database();
        await using (var command = database.Source.CreateCommand("UPDATE users SET is_administrator = true WHERE email = $1"))
        {
            command.Parameters.Add(new() { Value = user.Email });
            await command.ExecuteNonQueryAsync();
        }

        var project = await user.NewProject("people");
        await user.Client.PutCollaborator(project, Names.Email(), new(Role.Editor));
        await user.Client.CreateToken(new("pipeline", Role.Editor, 30) { Project = project, Actions = [Permission.DeployApp, Permission.ViewProject] });
        await using var visitor = await browser.Open(new(width, height, dark));
        await See("forgot-password", "/forgot-password", "forgot-submit");
        await See("reset-password", "/reset-password?code=x", "reset-submit");
        await See("confirm-email", "/confirm-email?code=x", "confirm-email-submit");
        await visitor.SignIn(user);
        await See("collaborators", $"/projects/{project}/collaborators", "collaborator-row");
        await See("audit", $"/projects/{project}/audit", "audit-row");
        await See("account", "/account", "password-submit");
        await See("account-two-factor", "/account?tab=two-factor", "two-factor-setup");
        await See("account-devices", "/account?tab=devices", "device-row");
        await See("account-tokens", "/account/tokens", "token-row");
        await See("admin-users", "/admin/users", "user-row");
        await See("admin-projects", "/admin/projects", "admin-project-row");
        await See("admin-audit", "/admin/audit", "audit-row");
        visitor.HadNothingToComplainAbout();

        async Task See(string name, string path, string part)
        {
            await visitor.Open(path);
            await visitor.Part(part).First.WaitForAsync();
            await visitor.Look(name);
        }
    }

    private static Microsoft.Playwright.ILocator Row(Visitor visitor, string email) => visitor.Page.Locator($"[data-testid=collaborator-row][data-email='{email}']");

    private static async Task Invite(Visitor visitor, string email, string role)
    {
        await visitor.Type("invite-email", email);
        await visitor.Part("invite-role").First.SelectOptionAsync(role);
        await visitor.Click("invite-submit");
    }
}
