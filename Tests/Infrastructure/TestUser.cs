using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Slipway.Contracts;

namespace Slipway.Tests.Infrastructure;

/// <summary>Somebody with an account, signed in.</summary>
sealed class TestUser : IDisposable
{
    public const string Password = "Correct-Horse-7-Battery";

    private readonly List<string> projects = [];

    private TestUser(ApiProcess api, string email)
    {
        Email = email;
        Http = api.Http();
        Client = new(Http);
    }

    public string Email { get; }

    /// <summary>Carries the access token.</summary>
    public HttpClient Http { get; }

    public SlipwayClient Client { get; }

    public TokenResponse Tokens { get; private set; } = null!;

    /// <param name="beforeSignIn">What has to happen to the new account first.</param>
    /// <param name="email">Null: one that nobody has.</param>
    /// <param name="invitation">The code of an invitation to this address.</param>
    public static async Task<TestUser> Register(
        ApiProcess api, Func<TestUser, Task>? beforeSignIn = null, string? email = null, string? invitation = null)
    {
        var user = new TestUser(api, email ?? Names.Email());
        await user.Client.Register(new(user.Email, Password) { Invitation = invitation });
        if (beforeSignIn is not null)
        {
            await beforeSignIn(user);
        }

        await user.SignIn();
        return user;
    }

    /// <summary>Somebody who has an account, in a session of their own.</summary>
    public static async Task<TestUser> Again(ApiProcess api, string email)
    {
        var user = new TestUser(api, email);
        await user.SignIn();
        return user;
    }

    /// <summary>Somebody who was signed in by other means than a password.</summary>
    public static TestUser With(ApiProcess api, string email, TokenResponse tokens)
    {
        var user = new TestUser(api, email) { Tokens = tokens };
        user.Http.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        return user;
    }

    /// <summary>The same person, speaking to another process of the API.</summary>
    public TestUser At(ApiProcess api)
    {
        var there = new TestUser(api, Email) { Tokens = Tokens };
        there.Http.DefaultRequestHeaders.Authorization = Http.DefaultRequestHeaders.Authorization;
        return there;
    }

    /// <summary>A program of this person's, which has nothing but an access token.</summary>
    public TestUser Program(ApiProcess api, CreatedToken token)
    {
        var program = new TestUser(api, Email);
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", token.Secret);
        return program;
    }

    public async Task SignIn()
    {
        Tokens = await Client.Login(new(Email, Password));
        Http.DefaultRequestHeaders.Authorization = new("Bearer", Tokens.AccessToken);
    }

    /// <summary>A new project of this user.</summary>
    public async Task<string> NewProject(string about = "p")
    {
        var project = await Client.CreateProject(new(Names.Project(about)));
        projects.Add(project.Name);
        return project.Name;
    }

    /// <summary>Sends any bytes as a body.</summary>
    public Task<HttpResponseMessage> Send(HttpMethod method, string path, byte[] body, string? contentType = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        var request = new HttpRequestMessage(method, path) { Content = content };
        // A large body is announced first: who refuses it says so before it is sent (RFC 9110, 10.1.1).
        request.Headers.ExpectContinue = body.Length > 1 << 20;
        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, string body, string? contentType = "application/json") =>
        Send(method, path, Encoding.UTF8.GetBytes(body), contentType);

    public Task<HttpResponseMessage> Send(HttpMethod method, string path) => Http.SendAsync(new(method, path));

    /// <summary>Sends a value in the API's dialect.</summary>
    public Task<HttpResponseMessage> SendJson(HttpMethod method, string path, object body) =>
        Http.SendAsync(new(method, path) { Content = JsonContent.Create(body, body.GetType(), options: SlipwayJson.Options) });

    /// <summary>Gives up what this user made, without anybody waiting for it: what one test leaves running slows the others down.</summary>
    public void Dispose()
    {
        if (projects.Count > 0)
        {
            _ = LeftOvers.Remove(Http.BaseAddress!, Http.DefaultRequestHeaders.Authorization, [.. projects]);
        }

        Http.Dispose();
    }
}
