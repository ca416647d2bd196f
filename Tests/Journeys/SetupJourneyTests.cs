using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>A new installation gets its administrator by the link that the installation printed.</summary>
public sealed class SetupJourneyTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private const string Token = "1d4b0a97c3e24f8e9f6b5a0c7d8e2f31";

    private static readonly Screen Desk = new(1280, 800, Dark: false), Phone = new(390, 844, Dark: true);

    [Fact]
    public async Task The_sign_in_page_leads_to_the_link_and_the_link_makes_the_administrator()
    {
        var database = Own(await TestDatabase.Create());
        var telemetry = Own(await OtlpSink.Start());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?>(telemetry.Settings) { ["Accounts__SetupToken"] = Token }));
        var web = Own(await WebProcess.Start(api, settings: telemetry.Settings));
        foreach (var screen in (Screen[])[Desk, Phone])
        {
            await using var visitor = await browser.Open(screen, web.Address);
            await visitor.Open("/sign-in");
            await visitor.Says("sign-in-setup", "open the link");
            await visitor.Look("sign-in-setup");
            await visitor.Open($"/register?setup={Token}");
            await visitor.Says("register-setup", "will administer Slipway");
            await visitor.Look("register-setup");
            visitor.HadNothingToComplainAbout();
        }

        await using var operating = await browser.Open(Desk, web.Address);
        await operating.Open($"/register?setup={new string('x', 32)}");
        await operating.Type("register-email", "operator@example.com");
        await operating.Type("register-password", TestUser.Password);
        await operating.Click("register-submit");
        await operating.Says("register-message", "This set-up link does not work");

        await operating.Open($"/register?setup={Token}");
        await operating.Type("register-email", "operator@example.com");
        await operating.Type("register-password", TestUser.Password);
        await operating.Click("register-submit");
        await operating.Part("user-menu").WaitForAsync();
        using var administrator = await TestUser.Again(api, "operator@example.com");
        Assert.True((await administrator.Client.Me()).Administrator);

        await using var next = await browser.Open(Desk, web.Address);
        await next.Open("/sign-in");
        await next.Part("sign-in-submit").WaitForAsync();
        await Expect(next.Part("sign-in-setup")).ToHaveCountAsync(0);

        await Wait.Until("traces of the registration in the portal", _ => Task.FromResult(telemetry.Text("/v1/traces").Contains("/api/account/register", StringComparison.Ordinal)));
        foreach (var text in (string[])[telemetry.Text("/v1/traces"), telemetry.Text("/v1/logs"), api.Log, web.Log])
        {
            Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_of_the_link_keeps_its_address_from_other_sites_and_is_not_stored()
    {
        var web = Own(await WebProcess.Start(await Platform.Api()));
        using var http = new HttpClient { BaseAddress = web.Address };
        using var answer = await http.GetAsync($"/register?setup={Token}");
        Assert.Equal("strict-origin-when-cross-origin", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.DoesNotContain("href=\"http", await answer.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }
}
