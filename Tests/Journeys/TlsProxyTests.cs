using System.Net;
using System.Text.Json;
using Slipway.Tests.Infrastructure;
using Slipway.Web.Components;
using static Microsoft.Playwright.Assertions;

namespace Slipway.Tests.Journeys;

/// <summary>Portal and API in production behind a proxy that ends TLS, with an https address that people open.</summary>
public sealed class TlsProxyTests(Platform platform, Browser browser) : PlatformTest(platform), IClassFixture<Browser>
{
    private static readonly string[] ForPrograms = ["/health", "/alive"];

    // A path for every page, for what a page needs, and for what is none.
    private static readonly string[] Paths =
    [
        .. PortalPlace.All.Select(p => p.Template.Replace("{Project}", "demo", StringComparison.Ordinal).Replace("{Name}", "shop", StringComparison.Ordinal)),
        "/", "/app.css", "/sign-in/provider", "/projects/demo/apps/shop/log.txt", "/nothing/here", "/_blazor", "/_framework/blazor.web.js",
    ];

    [Fact]
    public async Task Somebody_works_in_the_portal_through_the_proxy()
    {
        var (web, proxy) = await StartBehindProxy();
        using var user = await Platform.NewUser();
        var project = await user.NewProject("tls");
        await using var visitor = await browser.Open(new(1280, 800, Dark: false), proxy.Address);
        var sockets = new List<string>();
        visitor.Page.WebSocket += (_, socket) => sockets.Add(socket.Url);
        var answers = new List<Microsoft.Playwright.IResponse>();
        visitor.Page.Response += (_, answer) => answers.Add(answer);

        await visitor.Open($"/projects/{project}");
        await visitor.IsAt("/sign-in");
        await visitor.Type("sign-in-email", user.Email);
        await visitor.Type("sign-in-password", TestUser.Password);
        await visitor.Click("sign-in-submit");
        await visitor.IsAt($"/projects/{project}");
        await Expect(visitor.Page.GetByRole(Microsoft.Playwright.AriaRole.Heading, new() { Name = project })).ToBeVisibleAsync();

        // The live page speaks over a WebSocket with TLS, and works.
        Assert.Contains(sockets, url => url.StartsWith($"wss://{TlsProxy.Host}:{proxy.Port}/_blazor", StringComparison.Ordinal));
        Assert.All(sockets, url => Assert.StartsWith("wss://", url, StringComparison.Ordinal));
        await visitor.Open("/projects");
        await visitor.Click("create-project");
        await visitor.Type("create-project-name", "Not a name");
        await Expect(visitor.Part("create-project-name").First).ToHaveAttributeAsync("aria-invalid", "true");

        var cookies = await visitor.Page.Context.CookiesAsync();
        Assert.Contains(cookies, c => c.Name == "slipway");
        Assert.All(cookies, c => Assert.True(c.Secure && c.HttpOnly, c.Name));
        Assert.All(answers, a => Assert.StartsWith($"{proxy.Address}", a.Url, StringComparison.Ordinal));
        foreach (var answer in answers.Where(a => a.Status is 200))
        {
            Assert.Equal("max-age=31536000", await answer.HeaderValueAsync("strict-transport-security"));
        }

        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Click("user-menu");
        await visitor.Click("sign-out");
        await visitor.IsAt("/sign-in");
        Assert.DoesNotContain("Refused a plain HTTP request", web.Log, StringComparison.Ordinal);
        visitor.HadNothingToComplainAbout();
    }

    [Fact]
    public async Task Every_page_is_served_to_a_trusted_proxy_that_says_https_and_refused_to_everybody_else()
    {
        var api = await Platform.Api();
        var publicUrl = TlsProxy.AddressAt(443).ToString();
        var trusting = Own(await WebProcess.Start(api, settings: new Dictionary<string, string?> { ["PublicUrl"] = publicUrl, ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" }));
        var distrusting = Own(await WebProcess.Start(api, settings: new Dictionary<string, string?> { ["PublicUrl"] = publicUrl, ["TrustedProxies__0"] = "10.99.0.0/16", ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true" }));
        (string What, WebProcess Web, string[] Headers, bool Served)[] cases =
        [
            ("https", trusting, ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Host: slipway.example.org"], true),
            ("in capitals", trusting, ["X-Forwarded-Proto: HTTPS"], true),
            ("of a WebSocket", trusting, ["X-Forwarded-Proto: wss"], true),
            ("over two proxies", trusting, ["X-Forwarded-Proto: https,https", "X-Forwarded-For: 203.0.113.7, 127.0.0.2"], true),
            ("another host", trusting, ["X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example.com"], true),
            ("no headers", trusting, [], false),
            ("http", trusting, ["X-Forwarded-Proto: http"], false),
            ("nonsense", trusting, ["X-Forwarded-Proto: gopher:"], false),
            ("empty", trusting, ["X-Forwarded-Proto: "], false),
            ("only the standard header", trusting, ["Forwarded: proto=https"], false),
            ("from a stranger", distrusting, ["X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7"], false),
            ("from a stranger without headers", distrusting, [], false),
        ];
        foreach (var (what, web, headers, served) in cases)
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = web.Address };
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
            {
                foreach (var path in Paths)
                {
                    using var answer = await Send(http, method, path, headers);
                    var body = await answer.Content.ReadAsStringAsync();
                    var refused = answer.StatusCode is HttpStatusCode.BadRequest && body.Contains("arrived as plain HTTP", StringComparison.Ordinal);
                    Assert.True((int)answer.StatusCode < 500 && refused != served, $"{what}, {method} {path}: {(int)answer.StatusCode} {body[..Math.Min(200, body.Length)]}");
                    Assert.Equal(served, answer.Headers.Contains("Strict-Transport-Security"));
                    Assert.False(answer.Headers.Location is { IsAbsoluteUri: true }, $"{what}, {path} leads to {answer.Headers.Location}");
                    foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
                    {
                        Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase);
                    }
                }
            }

            foreach (var path in ForPrograms)
            {
                using var answer = await Send(http, HttpMethod.Get, path, headers);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }

        Assert.Contains("its address is not in the setting TrustedProxies", distrusting.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", trusting.Log + distrusting.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(1280, 800, false)]
    [InlineData(390, 844, true)]
    public async Task Whoever_opens_the_portal_past_the_proxy_reads_what_to_do(int width, int height, bool dark)
    {
        var web = Own(await WebProcess.Start(await Platform.Api(), settings: new Dictionary<string, string?> { ["PublicUrl"] = TlsProxy.AddressAt(443).ToString() }));
        await using var visitor = await browser.Open(new(width, height, dark), web.Address);
        await visitor.Open("/sign-in");
        await Expect(visitor.Page.GetByRole(Microsoft.Playwright.AriaRole.Heading)).ToHaveTextAsync("Open Slipway over https");
        await Expect(visitor.Page.GetByRole(Microsoft.Playwright.AriaRole.Link)).ToHaveAttributeAsync("href", TlsProxy.AddressAt(443).ToString());
        await visitor.Look("https-only");
    }

    [Fact]
    public async Task The_API_knows_its_public_address_and_the_visitors_behind_the_proxy()
    {
        var port = ChildProcess.FreePort();
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["PublicUrl"] = TlsProxy.AddressAt(port).ToString() }));
        var proxy = Own(await TlsProxy.Start(port, api.Address, api.Address));
        using var http = proxy.Http();
        using var description = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
        Assert.Equal(proxy.Address.ToString(), description.RootElement.GetProperty("servers")[0].GetProperty("url").GetString());

        // The proxy adds its own peer, this machine, which is trusted: the address that it names counts.
        using var user = await TestUser.Register(api);
        using var login = new HttpRequestMessage(HttpMethod.Post, "/api/account/login") { Content = System.Net.Http.Json.JsonContent.Create(new { email = user.Email, password = TestUser.Password }) };
        login.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var answer = await http.SendAsync(login);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("203.0.113.7", await database.Scalar<string>("SELECT address FROM sessions ORDER BY id DESC LIMIT 1"));
    }

    private async Task<(WebProcess Web, TlsProxy Proxy)> StartBehindProxy()
    {
        var api = await Platform.Api();
        var port = ChildProcess.FreePort();
        var web = Own(await WebProcess.Start(api, settings: new Dictionary<string, string?> { ["PublicUrl"] = TlsProxy.AddressAt(port).ToString() }));
        return (web, Own(await TlsProxy.Start(port, web.Address, api.Address)));
    }

    private static Task<HttpResponseMessage> Send(HttpClient http, HttpMethod method, string path, string[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var header in headers)
        {
            request.Headers.TryAddWithoutValidation(header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
        }

        return http.SendAsync(request);
    }
}
