using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Slipway.Tests.Infrastructure;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>A person in a browser window. What the browser complains about is kept and fails the test.</summary>
sealed class Visitor : IAsyncDisposable
{
    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
        ResultTypes = [ResultType.Violations],
    };

    // What Chromium says when a network interface of the machine comes or goes, as one does with every pod of the local cluster. It drops
    // requests then; the portal fetches again what it lost (first.js), and a person's browser loads a page again by itself.
    private const string NetworkChanged = "net::ERR_NETWORK_CHANGED";

    private readonly IBrowserContext context;
    private readonly Screen screen;
    private readonly ConcurrentQueue<string> complaints = new();

    public Visitor(IBrowserContext context, IPage page, Screen screen)
    {
        this.context = context;
        this.screen = screen;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" && !message.Text.Contains(NetworkChanged, StringComparison.Ordinal))
            {
                complaints.Enqueue($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => complaints.Enqueue($"{page.Url}: {error}");
        Expect = Expect(page);
    }

    public IPage Page { get; }

    public IPageAssertions Expect { get; }

    /// <summary>The part of the page with this data-testid.</summary>
    public ILocator Part(string id) => Page.GetByTestId(id);

    public Task Click(string id) => Part(id).First.ClickAsync();

    public Task Type(string id, string text) => Part(id).First.FillAsync(text);

    /// <summary>Waits until the part says this.</summary>
    public Task Says(string id, string text) => Expect(Part(id).First).ToContainTextAsync(text, new() { Timeout = (float)Wait.Deadline.TotalMilliseconds });

    /// <summary>Waits until the status that the page shows is this.</summary>
    public Task Shows(string state) =>
        Expect(Part("app-status").First).ToHaveAttributeAsync("data-state", state, new() { Timeout = (float)Wait.Deadline.TotalMilliseconds });

    public Task IsAt(string path) =>
        Page.WaitForURLAsync(url => new Uri(url).AbsolutePath == path, new() { WaitUntil = WaitUntilState.Commit });

    public async Task Open(string path)
    {
        try
        {
            await Page.GotoAsync(path);
        }
        catch (PlaywrightException e) when (e.Message.Contains(NetworkChanged, StringComparison.Ordinal))
        {
            await Page.GotoAsync(path);
        }
    }

    public async Task SignIn(TestUser user)
    {
        await Open("/sign-in");
        await Type("sign-in-email", user.Email);
        await Type("sign-in-password", TestUser.Password);
        await Click("sign-in-submit");
        await Part("user-menu").WaitForAsync();
    }

    /// <summary>Keeps a screenshot, and fails where the page is wider than the screen or breaks a rule of accessibility seriously.</summary>
    public async Task Look(string name)
    {
        // Letters that are still on their way and colours that are still changing are not what a person ends up with.
        await Page.EvaluateAsync("() => Promise.all([document.fonts.ready, ...document.getAnimations().filter(a => a.effect?.getComputedTiming().iterations !== Infinity).map(a => a.finished.catch(() => 0))])");
        var folder = Directory.CreateDirectory(Path.Combine(TestEnvironment.Repository, "artifacts", "screenshots"));
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder.FullName, $"{name}-{screen}.png"), FullPage = true, Animations = ScreenshotAnimations.Disabled });

        var overflow = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
        Assert.True(overflow <= 0, $"{name} at {screen} is {overflow} px wider than the screen.");
        var result = await Page.RunAxe(Rules);
        var serious = result.Violations.Where(v => v.Impact is "serious" or "critical").ToList();
        Assert.True(serious.Count == 0, $"{name} at {screen}:\n{string.Join('\n', serious.Select(Words))}");
    }

    /// <summary>Fails where the browser complained about anything.</summary>
    public void HadNothingToComplainAbout() => Assert.True(complaints.IsEmpty, string.Join('\n', complaints));

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed || TestContext.Current.TestState is null)
        {
            await KeepLastSight();
        }

        await context.DisposeAsync();
    }

    private async Task KeepLastSight()
    {
        try
        {
            await Page.ScreenshotAsync(new() { Path = Path.Combine(TestEnvironment.Results, $"last-sight-{screen}.png"), Timeout = 5000 });
        }
        catch (Exception e) when (e is PlaywrightException or TimeoutException)
        {
            // A page that cannot be looked at any more has failed the test already.
        }
    }

    private static string Words(AxeResultItem violation) =>
        $"{violation.Impact} {violation.Id}: {violation.Help}\n{string.Join('\n', violation.Nodes.Take(5).Select(n => $"    {n.Html} {string.Join(' ', n.Any.Select(c => c.Message))}"))}";
}
