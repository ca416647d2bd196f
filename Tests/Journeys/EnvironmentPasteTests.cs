using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>Pasting a .env file into an app's settings: nothing of it is lost without a word.</summary>
public sealed class EnvironmentPasteTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(390, 844, true)]
    public async Task What_is_doubtful_in_a_pasted_file_is_shown_before_it_is_taken(int width, int height, bool dark)
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("paste");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true, Environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" } });
        await using var visitor = await browser.Open(new(width, height, dark));
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}/apps/shop?tab=settings");

        await visitor.Click("env-paste");
        await visitor.Type("paste-env-text", "A=#s3cret\nP=\"never closed\nB=2");
        await visitor.Click("paste-env-submit");
        await visitor.Says("paste-env-errors", "Line 2: The quote that opens the value of P never closes.");
        await visitor.Look("paste-env-errors");

        await visitor.Type("paste-env-text", "A=#s3cret\nC=x # comment\nD={\"k\":\"v #1\"}\nB=2");
        await Expect(visitor.Part("paste-env-errors")).ToHaveCountAsync(0);
        await visitor.Click("paste-env-submit");
        await visitor.Says("paste-env-notes", "Line 2: “# comment” is left out as a comment.");
        await visitor.Says("paste-env-notes", "2 variables are there already: A, B.");
        await visitor.Look("paste-env-notes");
        await visitor.Click("paste-env-submit");

        // A and B were replaced, C and D are new.
        await Expect(visitor.Part("env-row")).ToHaveCountAsync(4);
        await Expect(visitor.Part("env-value")).ToHaveCountAsync(4);
        var values = await visitor.Part("env-value").EvaluateAllAsync<string[]>("fields => fields.map(f => f.value)");
        Assert.Equal(["#s3cret", "2", "x", "{\"k\":\"v #1\"}"], values);
        await visitor.Click("settings-submit");
        await visitor.Says("settings-note", "Release #2 is on its way.");

        // The stored values once more make no release, and the page does not claim one.
        await visitor.Click("env-paste");
        await visitor.Type("paste-env-text", "A=#s3cret\nE=new");
        await visitor.Click("paste-env-submit");
        await visitor.Click("paste-env-submit");
        await Expect(visitor.Part("env-row")).ToHaveCountAsync(5);
        await visitor.Page.GetByLabel("Remove E").ClickAsync();
        await Expect(visitor.Part("env-row")).ToHaveCountAsync(4);
        await visitor.Click("settings-submit");
        await visitor.Says("settings-note", "Nothing is different from what runs.");
        Assert.Equal(2, (await user.Client.App(project, "shop")).Release);

        // What is there can be kept, too.
        await visitor.Click("env-paste");
        await visitor.Type("paste-env-text", "A=other\nE=new");
        await visitor.Click("paste-env-submit");
        await visitor.Click("paste-env-keep");
        await visitor.Click("paste-env-submit");
        await Expect(visitor.Part("env-value")).ToHaveCountAsync(1);
        visitor.HadNothingToComplainAbout();
    }
}
