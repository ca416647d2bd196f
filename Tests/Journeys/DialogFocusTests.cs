using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>Whoever opens a dialog can type at once.</summary>
public sealed class DialogFocusTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    [Fact]
    public async Task A_dialog_opens_with_the_focus_in_its_first_field()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("focus");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(new(1280, 800, Dark: false));
        await visitor.SignIn(user);

        foreach (var (path, open, field) in ((string, string, string)[])
                 [
                     ("/projects", "create-project", "create-project-name"),
                     ($"/projects/{project}/registries", "add-first-registry", "registry-host"),
                     ($"/projects/{project}/notifications", "create-first-channel", "channel-kind"),
                     ("/account/tokens", "create-first-token", "token-name"),
                     ($"/projects/{project}/apps/shop?tab=settings", "env-paste", "paste-env-text"),
                     ($"/projects/{project}/apps/shop", "delete-app", "confirm-name"),
                 ])
        {
            await visitor.Open(path);
            await visitor.Click(open);
            await Expect(visitor.Part(field).First).ToBeFocusedAsync();
        }

        visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task Breadcrumbs_can_be_read_on_a_phone()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("crumbs");
        await user.Client.CreateApp(project, Small("sample-http-app") with { Stopped = true });
        await using var visitor = await browser.Open(new(390, 844, Dark: false));
        await visitor.SignIn(user);

        foreach (var (path, name) in ((string, string)[])[($"/projects/{project}", project), ($"/projects/{project}/apps/sample-http-app", "sample-http-app")])
        {
            await visitor.Open(path);
            var crumb = visitor.Page.Locator(".trail [aria-current=page]");
            await Expect(crumb).ToHaveTextAsync(name);
            Assert.True(await crumb.EvaluateAsync<bool>("e => e.scrollWidth <= e.clientWidth"), $"{name} is cut off");
            await visitor.Look($"breadcrumbs-{(name == project ? "project" : "app")}");
        }

        await visitor.Page.GetByLabel($"Project {project}").ClickAsync();
        await visitor.IsAt($"/projects/{project}");
    }
}
