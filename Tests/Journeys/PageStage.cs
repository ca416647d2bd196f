using Microsoft.Playwright;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Journeys;

/// <summary>What somebody finds at an address of the portal.</summary>
enum Sight
{
    Page,
    SignIn,
    NotHere,
    NotAllowed,
}

/// <summary>Somebody in a browser who looks at pages.</summary>
/// <param name="Role">What they are in the project; null: nothing.</param>
/// <param name="IsKnown">Whether they are signed in, and still somebody.</param>
sealed record PageVisitor(string Name, Visitor Window, Role? Role, bool IsKnown = true)
{
    public bool IsAdministrator { get; init; }

    // "Shown" is what has nothing in it any more that is still being fetched.
    private const string Look = """
        () => location.pathname === '/sign-in' ? 'SignIn'
            : document.querySelector('[data-testid=not-found]') ? 'NotHere'
            : document.querySelector('[data-testid=not-allowed]') ? 'NotAllowed'
            : document.querySelector('h1') && !document.querySelector('[aria-busy=true], .mud-skeleton') ? 'Page' : ''
        """;

    /// <summary>Opens a page and waits until it shows what is expected of it, or has come to rest with something else.</summary>
    public async Task<Sight> See(string path, Sight expected)
    {
        await Window.Open(path);
        // Everything but a page that was expected takes its time: what is there before that is still on the way.
        var seen = "";
        try
        {
            await Wait.Until($"{path} to show {Name} that it is {expected}", async _ =>
            {
                seen = await LookAround();
                return seen == $"{expected}" || (seen.Length > 0 && expected is Sight.Page);
            }, TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException) when (seen.Length > 0)
        {
            // It has come to rest with something else.
        }

        // The sign-in page is one that everybody sees; who is signed in goes on from there.
        return path == "/sign-in" && seen == "SignIn" ? Sight.Page : Enum.Parse<Sight>(seen);
    }

    private async Task<string> LookAround()
    {
        try
        {
            return await Window.Page.EvaluateAsync<string>(Look);
        }
        catch (PlaywrightException)
        {
            // On its way to another page.
            return "";
        }
    }
}

/// <summary>A portal with a project in it, and everybody who could want to see it, each in a browser of their own.</summary>
sealed class PageStage : IAsyncDisposable
{
    /// <summary>Somewhere in the project, and in no address.</summary>
    public const string Secret = "nowhere-else-to-be-seen";

    private readonly List<IAsyncDisposable> own = [];
    private readonly List<TestUser> people = [];

    public static Screen Desk { get; } = new(1280, 800, Dark: false);

    public required WebProcess Web { get; init; }

    public required string Project { get; init; }

    public IReadOnlyList<PageVisitor> Visitors { get; private set; } = [];

    public static async Task<PageStage> Set(Browser browser, string app)
    {
        var database = await TestDatabase.Create();
        // E-mail is on in this process, so that an address has to be confirmed; nobody reads the messages here.
        var api = await ApiProcess.Start(database, settings: new Dictionary<string, string?>
        {
            ["Smtp__Host"] = "127.0.0.1",
            ["Smtp__Port"] = "9",
            ["Smtp__Security"] = "None",
            ["Smtp__From"] = "slipway@example.com",
        });
        var web = await WebProcess.Start(api);
        async Task<TestUser> Person() => await TestUser.Register(api, async user => await database.Scalar<string>("UPDATE users SET email_confirmed = true WHERE email = $1 RETURNING email", user.Email));
        TestUser administrator = await Person(), creator = await Person(), editor = await Person(), viewer = await Person(), stranger = await Person(), disabled = await Person();
        var stage = new PageStage { Web = web, Project = await creator.NewProject("pages") };
        stage.people.AddRange([administrator, creator, editor, viewer, stranger, disabled]);
        await creator.Client.CreateApp(stage.Project, PlatformTest.Small(app) with { Stopped = true, Environment = new Dictionary<string, string> { [Secret] = "x" } });
        foreach (var (person, role) in (IEnumerable<(TestUser, Role)>)[(editor, Role.Editor), (viewer, Role.Viewer), (disabled, Role.Creator)])
        {
            await creator.Client.PutCollaborator(stage.Project, person.Email, new(role));
        }

        async Task<Visitor> SignedIn(TestUser user)
        {
            var window = await browser.Open(Desk, web.Address);
            await window.SignIn(user);
            return window;
        }

        stage.Visitors =
        [
            new("nobody", await browser.Open(Desk, web.Address), null, IsKnown: false),
            new("unconfirmed", await NotLetIn(browser, web, api), null, IsKnown: false),
            new("disabled", await SignedIn(disabled), null, IsKnown: false),
            new("stranger", await SignedIn(stranger), null),
            new("viewer", await SignedIn(viewer), Role.Viewer),
            new("editor", await SignedIn(editor), Role.Editor),
            new("creator", await SignedIn(creator), Role.Creator),
            // Who administers the platform sees every project.
            new("administrator", await SignedIn(administrator), Role.Viewer) { IsAdministrator = true },
        ];
        await administrator.Client.PatchUser((await disabled.Client.Me()).Id, new(Disabled: true));
        stage.own.AddRange([database, api, web, .. stage.Visitors.Select(v => v.Window)]);
        return stage;
    }

    /// <summary>What a plain request of somebody's browser gets.</summary>
    public async Task<HttpResponseMessage> Get(PageVisitor visitor, string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Web.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", string.Join("; ", (await visitor.Window.Page.Context.CookiesAsync()).Select(c => $"{c.Name}={c.Value}")));
        return await http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        people.ForEach(p => p.Dispose());
        foreach (var disposable in Enumerable.Reverse(own))
        {
            await disposable.DisposeAsync();
        }
    }

    private static async Task<Visitor> NotLetIn(Browser browser, WebProcess web, ApiProcess api)
    {
        using var http = api.Http();
        var email = Names.Email();
        Assert.True((await new SlipwayClient(http).Register(new(email, TestUser.Password))).ConfirmEmail);
        var window = await browser.Open(Desk, web.Address);
        await window.Open("/sign-in");
        await window.Type("sign-in-email", email);
        await window.Type("sign-in-password", TestUser.Password);
        await window.Click("sign-in-submit");
        await window.Says("sign-in-message", "Confirm your address");
        return window;
    }
}
