using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

public sealed class PortalTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private static readonly Screen Desk = new(1280, 800, Dark: false);

    [Fact]
    public async Task Somebody_registers_deploys_an_image_changes_it_rolls_back_reads_its_log_and_deletes_it_all()
    {
        var project = Names.Project("demo");
        var email = Names.Email();
        await using var visitor = await browser.Open(Desk);
        var page = visitor.Page;

        await RegisterAndSignIn(visitor, email);
        await visitor.Look("projects-empty");
        await visitor.Click("create-project");
        await visitor.Type("create-project-name", project);
        await visitor.Look("create-project");
        await visitor.Click("create-project-submit");
        await visitor.IsAt($"/projects/{project}");
        await visitor.Part("paste-image").WaitForAsync();
        await visitor.Look("project-empty");

        await visitor.Type("paste-image", TestEnvironment.Sample("sample-http:1"));
        await visitor.Click("paste-image-submit");
        await visitor.IsAt($"/projects/{project}/deploy");
        await visitor.Type("app-name", "shop");
        await visitor.Type("app-port", "8080");
        await visitor.Look("deploy");
        await visitor.Click("deploy-submit");
        await visitor.IsAt($"/projects/{project}/apps/shop");
        await visitor.Shows("Running");
        await visitor.Look("app");

        var link = visitor.Part("app-address").First;
        var address = (await link.GetAttributeAsync("href"))!;
        var opened = await page.Context.RunAndWaitForPageAsync(() => link.ClickAsync());
        await Expect(opened.Locator("body")).ToContainTextAsync("sample-http version 1");
        await opened.CloseAsync();

        await using (var load = await LoadLoop.Start(address))
        {
            await load.Answered("1");
            await visitor.Type("new-image", TestEnvironment.Sample("sample-http:2"));
            await visitor.Click("new-image-submit");
            await visitor.Says("app-release", "#2");
            await load.Answered("2");
            await visitor.Shows("Running");

            await visitor.Click("tab-releases");
            await visitor.Part("release-row").Nth(1).WaitForAsync();
            await visitor.Look("releases");
            await visitor.Click("rollback-1");
            await visitor.Click("confirm-submit");
            await visitor.Says("app-release", "#3");
            await visitor.Shows("Running");
            await load.Answered("1");
            Assert.True(load.Failures.Count == 0, $"{load.Failures.Count} requests were lost of {load.Versions.Values.Sum()}: {string.Join('\n', load.Failures.Take(10))}");
        }

        await ReadTheLog(visitor, address);
        await DeleteEverything(visitor, project);
        await Cluster.NamespaceGone(project);
        visitor.HadNothingToComplainAbout();
    }

    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(1280, 800, true)]
    [InlineData(390, 844, false)]
    [InlineData(390, 844, true)]
    public async Task Every_page_fits_its_screen_and_can_be_used_by_everybody(int width, int height, bool dark)
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("pages");
        var client = user.Client;
        await client.CreateApp(project, Small("shop") with { Environment = new Dictionary<string, string> { ["COLOUR"] = "blue", ["DATABASE_URL"] = "postgres://…" } });
        await client.CreateApp(project, Small("basket", "sample-http:nope"));
        await client.CreateApp(project, Small("mailer", "sample-crash:1", port: null));
        await client.CreateApp(project, Small("archive") with { Stopped = true });
        await AppIs(client, project, "shop", AppState.Running);
        await AppIs(client, project, "basket", AppState.Failed);
        await AppIs(client, project, "mailer", AppState.Failed);

        await using var visitor = await browser.Open(new(width, height, dark));
        await visitor.Open("/register");
        await visitor.Look("register");
        await visitor.Open("/sign-in");
        await visitor.Look("sign-in");
        await visitor.SignIn(user);

        await See("projects", "/projects", "project-card");
        await See("project", $"/projects/{project}", "app-row");
        await See("deploy", $"/projects/{project}/deploy", "deploy-submit");
        await See("app", $"/projects/{project}/apps/shop", "pod-row");
        await See("app-not-found", $"/projects/{project}/apps/basket", "app-reason");
        await See("app-crashed", $"/projects/{project}/apps/mailer", "app-last-lines");
        await See("logs", $"/projects/{project}/apps/shop?tab=logs", "log-lines");
        await See("releases", $"/projects/{project}/apps/shop?tab=releases", "release-row");
        await See("settings", $"/projects/{project}/apps/shop?tab=settings", "settings-submit");
        await See("account", "/account", "account-email");
        await See("nothing-here", $"/projects/{project}/apps/nothing", "not-found");
        visitor.HadNothingToComplainAbout();

        async Task See(string name, string path, string part)
        {
            await visitor.Open(path);
            await visitor.Part(part).First.WaitForAsync();
            await visitor.Look(name);
        }
    }

    [Fact]
    public async Task The_list_of_apps_changes_by_itself_when_the_cluster_does()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("live");
        await using var visitor = await browser.Open(Desk);
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}");
        await visitor.Part("apps-empty").WaitForAsync();

        await user.Client.CreateApp(project, Small("shop"));
        var status = visitor.Page.Locator("[data-testid=app-row][data-app=shop] [data-testid=app-status]");
        await Expect(status).ToHaveAttributeAsync("data-state", "Running", new() { Timeout = 60_000 });
        await user.Client.StopApp(project, "shop");
        await Expect(status).ToHaveAttributeAsync("data-state", "Stopped", new() { Timeout = 60_000 });
        await user.Client.DeleteApp(project, "shop");
        await Expect(status).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task What_cannot_be_is_said_at_the_field_and_stays_in_the_form()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("wrong");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(Desk);
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}/deploy");
        await visitor.Type("app-image", "https://ghcr.io/team/shop");
        await visitor.Type("app-name", "Shop");
        await visitor.Click("deploy-submit");
        await Expect(visitor.Page.Locator("main")).ToContainTextAsync("Leave out the 'https://'");
        await Expect(visitor.Page.Locator("main")).ToContainTextAsync("lower-case letters");

        await visitor.Type("app-image", TestEnvironment.Sample("sample-http:1"));
        await visitor.Type("app-name", "shop");
        await visitor.Type("app-port", "8080");
        await visitor.Click("deploy-submit");
        await Expect(visitor.Page.Locator("main")).ToContainTextAsync("has an app 'shop' already");
        await Expect(visitor.Part("app-image")).ToHaveValueAsync(TestEnvironment.Sample("sample-http:1"));
        visitor.HadNothingToComplainAbout();
    }

    public override async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"The portal's log ends with:\n{browser.LogTail()}");
        }

        await base.DisposeAsync();
    }

    private static async Task RegisterAndSignIn(Visitor visitor, string email)
    {
        await visitor.Open("/");
        await visitor.IsAt("/sign-in");
        await visitor.Click("to-register");
        await visitor.Type("register-email", email);
        await visitor.Type("register-password", TestUser.Password);
        await visitor.Click("register-submit");
        await visitor.Click("user-menu");
        await visitor.Click("sign-out");
        await visitor.IsAt("/sign-in");

        await visitor.Type("sign-in-email", email);
        await visitor.Type("sign-in-password", "not the password");
        await visitor.Click("sign-in-submit");
        await visitor.Says("sign-in-message", "do not fit together");
        await visitor.Type("sign-in-password", TestUser.Password);
        await visitor.Click("sign-in-submit");
        await visitor.Part("projects-empty").WaitForAsync();
    }

    private static async Task ReadTheLog(Visitor visitor, string address)
    {
        await visitor.Click("tab-logs");
        await visitor.Part("log-lines").WaitForAsync();
        var mark = $"/live-{Names.Next()}";
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        await Wait.Until($"{mark} in the log that is shown", async cancel =>
        {
            await http.GetAsync(address + mark, cancel);
            return (await visitor.Part("log-lines").InnerTextAsync()).Contains(mark, StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(30));
        await visitor.Look("logs");
    }

    private static async Task DeleteEverything(Visitor visitor, string project)
    {
        await visitor.Click("delete-app");
        await Confirm("shop", "delete-app");
        await visitor.Open($"/projects/{project}");
        await visitor.Part("apps-empty").WaitForAsync();
        await visitor.Click("project-menu");
        await visitor.Click("delete-project");
        await Confirm(project, "delete-project");
        await visitor.IsAt("/projects");
        await visitor.Part("projects-empty").WaitForAsync();

        async Task Confirm(string word, string name)
        {
            await visitor.Part("confirm-submit").WaitForAsync();
            if (await visitor.Part("confirm-name").CountAsync() > 0)
            {
                await visitor.Type("confirm-name", word);
            }

            await visitor.Look(name);
            await visitor.Click("confirm-submit");
        }
    }
}
