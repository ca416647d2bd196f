using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>Where a project's private images come from, in the portal.</summary>
public sealed class RegistryPageTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(390, 844, true)]
    public async Task A_private_image_that_was_refused_runs_once_its_registry_is_signed_in_to(int width, int height, bool dark)
    {
        var registry = Own(await PrivateRegistry.Start("sample-http:1"));
        using var user = await Platform.NewUser();
        var project = await user.NewProject("private");
        await user.Client.CreateApp(project, Small("shop") with { Image = registry.Image("sample-http:1") });
        await using var visitor = await browser.Open(new(width, height, dark));
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}/apps/shop");
        await visitor.Says("app-reason", "Not allowed to fetch the image");
        await visitor.Look("app-private");
        await visitor.Click("app-registries");
        await visitor.Part("registries-empty").WaitForAsync();
        await visitor.Look("registries-empty");

        await visitor.Click("add-first-registry");
        await visitor.Type("registry-host", $"https://{registry.Host}");
        await visitor.Type("registry-user", PrivateRegistry.Username);
        await visitor.Click("registry-submit");
        await Expect(visitor.Page.GetByText("A registry is a host without")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("A password or token, please.")).ToBeVisibleAsync();
        await visitor.Look("registry-dialog");
        await visitor.Type("registry-host", registry.Host);
        await visitor.Type("registry-password", $"{PrivateRegistry.Password}\n");
        await visitor.Click("registry-submit");
        await visitor.Says("registry-username", PrivateRegistry.Username);
        await visitor.Look("registries");
        await Expect(visitor.Page.Locator("body")).Not.ToContainTextAsync(PrivateRegistry.Password);
        await visitor.Open($"/projects/{project}/apps/shop");
        await visitor.Shows("Running");

        await visitor.Open($"/projects/{project}/registries");
        await visitor.Click("change-registry");
        await Expect(visitor.Part("registry-user").First).ToHaveValueAsync(PrivateRegistry.Username);
        await Expect(visitor.Part("registry-password").First).ToHaveValueAsync("");
        await visitor.Type("registry-user", "somebody-else");
        await visitor.Type("registry-password", "another one");
        await visitor.Click("registry-submit");
        await visitor.Says("registry-username", "somebody-else");
        await visitor.Click("delete-registry");
        await visitor.Click("confirm-submit");
        await visitor.Part("registries-empty").WaitForAsync();
        Assert.Empty((await user.Client.Registries(project)).Items);
        visitor.HadNothingToComplainAbout();
    }
}
