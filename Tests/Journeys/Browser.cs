using Microsoft.Playwright;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Journeys;

/// <summary>The portal in front of the shared API, and a real Chromium to use it with.</summary>
public class Browser(Platform platform) : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        // Public names of the tests lead to this machine.
        "--host-resolver-rules=MAP *.example.org 127.0.0.1",
    ];

    private IPlaywright? playwright;
    private IBrowser? chromium;
    private WebProcess? web;

    internal Uri Portal => web!.Address;

    internal string LogTail() => web?.Tail(60) ?? "";

    public virtual async ValueTask InitializeAsync()
    {
        web = await WebProcess.Start(await Api());
        // The library's own five seconds are short on a busy machine.
        Assertions.SetDefaultExpectTimeout((float)Wait.Deadline.TotalMilliseconds);
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = TestEnvironment.Chromium, Args = Arguments });
    }

    /// <summary>A person at a screen, signed out.</summary>
    /// <param name="portal">Another portal than the shared one.</param>
    internal async Task<Visitor> Open(Screen screen, Uri? portal = null)
    {
        var context = await chromium!.NewContextAsync(new()
        {
            BaseURL = (portal ?? Portal).ToString(),
            ViewportSize = new() { Width = screen.Width, Height = screen.Height },
            ColorScheme = screen.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "UTC",
            // The tests' own proxy has a certificate that nobody vouches for.
            IgnoreHTTPSErrors = (portal ?? Portal).Scheme == Uri.UriSchemeHttps,
        });
        context.SetDefaultTimeout((float)Wait.Deadline.TotalMilliseconds);
        return new(context, await context.NewPageAsync(), screen);
    }

    /// <summary>The API that the portal stands in front of.</summary>
    private protected virtual Task<ApiProcess> Api() => platform.Api();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }

        playwright?.Dispose();
        if (web is not null)
        {
            await web.DisposeAsync();
        }
    }
}

/// <summary>What somebody looks at.</summary>
public sealed record Screen(int Width, int Height, bool Dark)
{
    public override string ToString() => $"{Width}-{(Dark ? "dark" : "light")}";
}
