using System.Collections.Concurrent;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Web.Components;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>People who use the whole portal through a proxy that ends TLS.</summary>
public sealed class TlsProxyJourneyTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private const string App = "shop", Address = "203.0.113.9"; // an address for documentation, RFC 5737

    private static readonly Screen Desk = new(1280, 800, Dark: false);

    // What an ingress sends that replaces what its client said.
    private const string Headers = $"""
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For {Address};
        proxy_set_header X-Forwarded-Proto $scheme;
        """;

    [Fact]
    public async Task Somebody_registers_and_opens_every_page_over_TLS_alone()
    {
        var (api, database, proxy) = await Start();
        await using var visitor = await browser.Open(Desk, proxy.Address);
        var handshakes = await WatchHandshakes(visitor);
        var plain = new ConcurrentQueue<string>();
        visitor.Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(proxy.Address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                plain.Enqueue(request.Url);
            }
        };

        var nobody = new PageVisitor("nobody", visitor, null, IsKnown: false);
        foreach (var place in PortalPlace.All.Where(p => p.For!.Audience is PageAudience.Everybody))
        {
            Assert.Equal(Sight.Page, await nobody.See(place.Template, Sight.Page));
        }

        var email = Names.Email();
        await visitor.Open("/register");
        await visitor.Type("register-email", email);
        await visitor.Type("register-password", TestUser.Password);
        await visitor.Click("register-submit");
        await visitor.IsAt("/projects");
        await visitor.Part("user-menu").WaitForAsync();
        // The address went from the proxy over the portal to the API.
        Assert.Equal(Address, await database.Scalar<string>("SELECT address FROM sessions ORDER BY id DESC LIMIT 1"));

        var project = await MakeProject(visitor);
        using var user = await TestUser.Again(api, email);
        await user.Client.CreateApp(project, Small(App) with { Stopped = true });
        var creator = new PageVisitor("creator", visitor, Role.Creator) { IsAdministrator = true };
        foreach (var place in PortalPlace.All)
        {
            var path = place.Template.Replace("{Project}", project, StringComparison.Ordinal).Replace("{Name}", App, StringComparison.Ordinal);
            var found = await creator.See(path, Sight.Page);
            Assert.True(found is Sight.Page, $"{path}: {found}");
        }

        Assert.NotEmpty(handshakes);
        Assert.All(handshakes, status => Assert.Equal(101, status));
        Assert.Empty(plain);

        await visitor.Open("/account");
        await visitor.Click("account-sign-out");
        await visitor.IsAt("/sign-in");
        Assert.DoesNotContain(await visitor.Page.Context.CookiesAsync(), cookie => cookie.Name == "slipway");
        await visitor.Open("/forgot-password");
        await visitor.Type("forgot-email", email);
        await visitor.Click("forgot-submit");
        await Expect(visitor.Page.Locator("[data-testid=forgot-sent], [data-testid=forgot-message]").First).ToBeVisibleAsync();
        visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task Somebody_signs_in_with_the_identity_provider_and_comes_back_over_TLS()
    {
        var port = ChildProcess.FreePort();
        var provider = Own(await ProviderHost.Start(TlsProxy.AddressAt(port).ToString()));
        var (_, database, proxy) = await Start(port, provider.Settings);
        await using var visitor = await browser.Open(Desk, proxy.Address);
        var cookies = new ConcurrentQueue<string>();
        visitor.Page.Response += async (_, answer) =>
        {
            if (answer.Url.StartsWith(proxy.Address.ToString(), StringComparison.Ordinal) && await answer.HeaderValueAsync("set-cookie") is { } set)
            {
                cookies.Enqueue(set);
            }
        };

        await visitor.Open("/account");
        await visitor.Click("sign-in-provider");
        await visitor.Type("provider-name", provider.Add());
        await visitor.Click("provider-go");
        await visitor.IsAt("/account");
        await visitor.Part("user-menu").WaitForAsync();
        Assert.Equal(Address, await database.Scalar<string>("SELECT address FROM sessions ORDER BY id DESC LIMIT 1"));
        Assert.StartsWith(proxy.Address.ToString(), visitor.Page.Url, StringComparison.Ordinal);
        Assert.Contains(cookies, set => set.Contains("slipway-provider=", StringComparison.Ordinal));
        Assert.All(cookies.SelectMany(set => set.Split('\n')), cookie =>
        {
            Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=", cookie, StringComparison.OrdinalIgnoreCase);
        });
        visitor.HadNothingToComplainAbout();
    }

    private static async Task<string> MakeProject(Visitor visitor)
    {
        var project = Names.Project("tls");
        await visitor.Click("create-project");
        await visitor.Type("create-project-name", project);
        await visitor.Click("create-project-submit");
        await visitor.IsAt($"/projects/{project}");
        return project;
    }

    private static async Task<ConcurrentQueue<int>> WatchHandshakes(Visitor visitor)
    {
        var statuses = new ConcurrentQueue<int>();
        var tools = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        tools.Event("Network.webSocketHandshakeResponseReceived").OnEvent += (_, e) => statuses.Enqueue(e!.Value.GetProperty("response").GetProperty("status").GetInt32());
        await tools.SendAsync("Network.enable");
        return statuses;
    }

    private async Task<(ApiProcess Api, TestDatabase Database, TlsProxy Proxy)> Start(int? at = null, Dictionary<string, string?>? settings = null)
    {
        var port = at ?? ChildProcess.FreePort();
        var publicUrl = TlsProxy.AddressAt(port).ToString();
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?>(settings ?? []) { ["PublicUrl"] = publicUrl }));
        var web = Own(await WebProcess.Start(api, settings: new Dictionary<string, string?> { ["PublicUrl"] = publicUrl }));
        return (api, database, Own(await TlsProxy.Start(port, web.Address, api.Address, Headers)));
    }
}
