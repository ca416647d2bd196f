using Microsoft.Playwright;
using Slipway.Contracts;
using Slipway.Tests.Cluster.Monitoring;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>The charts of the portal, with numbers of a real Prometheus.</summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsPageTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private static readonly Screen[] Screens = [new(1280, 800, false), new(1280, 800, true), new(390, 844, false), new(390, 844, true)];

    [Fact]
    public async Task Charts_show_what_an_app_uses_with_limits_releases_and_incidents()
    {
        var stage = await MetricsStage.Set(Own);
        var web = Own(await WebProcess.Start(stage.Api));
        var project = await stage.User.NewProject("charts");
        await stage.User.Client.CreateApp(project, Small("shop") with { Resources = new(0.5m, 64), Replicas = 2 });
        await stage.User.Client.CreateApp(project, Small("mailer", "sample-crash:1", port: null));
        var address = new Uri((await AppIs(stage.User.Client, project, "shop", AppState.Running)).Address!);
        await AppIs(stage.User.Client, project, "mailer", AppState.Failed);
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var busy = Task.WhenAll(http.GetAsync(new Uri(address, "/burn?ms=6000")), http.GetAsync(new Uri(address, "/alloc?mb=30&ms=25000")));
        await stage.User.Client.PatchApp(project, "mailer", new() { Image = TestEnvironment.Sample("sample-http:1"), Port = 8080, Reason = "Another try" });
        await Wait.For("some points of a chart", cancel => stage.User.Client.Metrics(project, "shop", new("15m"), cancel),
            v => v.Charts.Single(c => c.Kind is MetricKind.Cpu).Series is [var first, ..] && first.Values.Count(p => p is not null) >= 4);
        var view = await stage.User.Client.Metrics(project, "mailer", new("15m"));
        Assert.Contains(view.Marks, m => m.Kind is TimelineKind.Accepted && m.Release == 2);
        Assert.Contains(view.Marks, m => m.Kind is TimelineKind.Failed or TimelineKind.Crashed);
        await busy;

        foreach (var screen in Screens)
        {
            await using var visitor = await browser.Open(screen, web.Address);
            await visitor.SignIn(stage.User);
            await visitor.Open($"/projects/{project}/apps/shop?tab=metrics&range=15m");
            var chart = visitor.Part("chart-Cpu");
            await Expect(chart.Locator("svg")).ToBeVisibleAsync(new() { Timeout = 30_000 });
            Assert.Equal(3, await chart.Locator("svg path.line").CountAsync());
            await Expect(visitor.Part("chart-Memory").Locator("svg path.limit")).ToHaveCountAsync(1);
            await Expect(chart.Locator("svg .mark.release").First).ToBeAttachedAsync();
            await visitor.Look("metrics-app");

            await chart.Locator(".plot").FocusAsync();
            await visitor.Page.Keyboard.PressAsync("ArrowLeft");
            await Expect(chart.Locator(".tip .row").First).ToContainTextAsync("all replicas");
            await visitor.Look("metrics-app-point");

            await visitor.Open($"/projects/{project}/metrics?range=15m");
            await Expect(visitor.Part("chart-Memory").Locator("svg path.line").Nth(1)).ToBeAttachedAsync(new() { Timeout = 30_000 });
            await Expect(visitor.Part("chart-Memory").Locator("svg .mark.incident").First).ToBeAttachedAsync();
            await visitor.Look("metrics-project");

            // The range is in the address, and the chart follows it.
            await visitor.Click("range-6h");
            await visitor.Page.WaitForURLAsync(url => url.EndsWith("range=6h", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
            await Expect(visitor.Part("range-6h")).ToHaveAttributeAsync("aria-current", "true");
            visitor.HadNothingToComplainAbout();
        }
    }

    [Fact]
    public async Task Numbers_are_asked_for_again_only_while_somebody_can_see_them()
    {
        var stage = await MetricsStage.Set(Own);
        var web = Own(await WebProcess.Start(stage.Api));
        var project = await stage.User.NewProject("hidden");
        await stage.User.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(Screens[0], web.Address);
        // A tab in the background, as the page sees it; and a clock that a test can wait for.
        await visitor.Page.Clock.InstallAsync();
        await visitor.Page.AddInitScriptAsync("Object.defineProperty(document, 'hidden', { get: () => window.inBackground === true })");
        await visitor.SignIn(stage.User);
        await visitor.Open($"/projects/{project}/apps/shop?tab=metrics");
        await visitor.Part("chart-Replicas").Locator("svg").WaitForAsync();

        var before = await stage.Monitoring.RangeQueries();
        await visitor.Page.EvaluateAsync("() => { window.inBackground = true; }");
        await visitor.Page.Clock.FastForwardAsync(60_000);
        await visitor.Page.Clock.RunForAsync(10_000);
        await visitor.Page.EvaluateAsync("() => Promise.resolve()");
        Assert.Equal(before, await stage.Monitoring.RangeQueries());

        await visitor.Page.EvaluateAsync("() => { window.inBackground = false; document.dispatchEvent(new Event('visibilitychange')); }");
        await Wait.Until("Prometheus to be asked again", async _ => await stage.Monitoring.RangeQueries() > before);
    }

    [Fact]
    public async Task Without_Prometheus_the_page_says_so_and_all_else_works()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject("bare");
        await user.Client.CreateApp(project, Small("shop") with { Stopped = true });
        await using var visitor = await browser.Open(Screens[0]);
        await visitor.SignIn(user);
        await visitor.Open($"/projects/{project}/apps/shop?tab=metrics");
        await visitor.Says("metrics-trouble", "No Prometheus is set up");
        await visitor.Look("metrics-trouble");
        await visitor.Click("tab-overview");
        await visitor.Part("timeline").WaitForAsync();
        visitor.HadNothingToComplainAbout();
    }
}
