using System.Collections.Concurrent;
using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Web;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Slipway.Tests.Infrastructure;

/// <summary>Somebody with an account at the provider.</summary>
/// <param name="Subject">Who it is, for ever.</param>
sealed record ProviderPerson(string Subject, string? Email, bool EmailVerified = true)
{
    public string[] Groups { get; init; } = [];

    /// <summary>Whether the identity token says nothing but who it is, and the user info endpoint the rest.</summary>
    public bool ByUserInfo { get; init; }
}

/// <summary>
/// An identity provider on this machine: OpenIddict, a certified implementation of OpenID Connect, behind a real HTTP port and with a
/// database of its own, so that codes work once as they do elsewhere. Nobody has a password there: whoever comes says who they are.
/// </summary>
sealed class ProviderHost : IAsyncDisposable
{
    public const string ClientId = "slipway", ClientSecret = "a-secret-of-the-client-8461", Name = "Example Login", Deny = "nobody";

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    private readonly TestDatabase database;
    private readonly string[] redirects;
    private readonly int port = ChildProcess.FreePort();
    private WebApplication? app;

    private ProviderHost(TestDatabase database, string[] redirects)
    {
        this.database = database;
        this.redirects = redirects;
    }

    public Uri Address => new($"http://127.0.0.1:{port}/");

    /// <summary>Everybody by the name that they come with.</summary>
    public ConcurrentDictionary<string, ProviderPerson> People { get; } = new();

    /// <summary>The settings of an API process that signs in here.</summary>
    public Dictionary<string, string?> Settings => new()
    {
        ["Oidc__Authority"] = Address.ToString(),
        ["Oidc__ClientId"] = ClientId,
        ["Oidc__ClientSecret"] = ClientSecret,
        ["Oidc__DisplayName"] = Name,
    };

    /// <param name="portal">The portal's address; null: the one that API processes of tests have.</param>
    public static async Task<ProviderHost> Start(string? portal = null)
    {
        var host = new ProviderHost(await TestDatabase.Create(), [$"{portal?.TrimEnd('/') ?? "http://127.0.0.1"}/sign-in/callback"]);
        await host.Run();
        return host;
    }

    /// <summary>Somebody new, with an address that nobody has.</summary>
    public string Add(string? email = null, bool verified = true, params string[] groups)
    {
        var name = $"person-{Names.Next()}";
        People[name] = new($"subject-of-{name}", email ?? Names.Email(), verified) { Groups = groups };
        return name;
    }

    /// <summary>Starts to listen, and to sign with a new key.</summary>
    public async Task Run()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls(Address.ToString());
        builder.Services.AddDbContext<ProviderDb>(options => options.UseNpgsql(database.ConnectionString).UseOpenIddict());
        builder.Services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<ProviderDb>())
            .AddServer(server =>
            {
                server.SetIssuer(Address).SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").SetUserInfoEndpointUris("userinfo");
                server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().RegisterScopes(Scopes.Email, Scopes.Profile);
                server.AddSigningKey(new RsaSecurityKey(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") }).AddEphemeralEncryptionKey();
                server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableUserInfoEndpointPassthrough().DisableTransportSecurityRequirement();
            });
        app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/authorize", Authorize);
        // What every browser asks for.
        app.MapGet("/favicon.ico", () => Results.NoContent());
        app.MapGet("/userinfo", (Delegate)UserInfo);
        await Register(app.Services);
        await app.StartAsync();
        // Its first answers take long on a busy machine.
        using var http = new HttpClient { BaseAddress = Address };
        await http.GetStringAsync(".well-known/openid-configuration");
        await http.GetStringAsync(".well-known/jwks");
    }

    /// <summary>Stops to listen.</summary>
    public async Task Stop()
    {
        await app!.DisposeAsync();
        app = null;
    }

    /// <summary>What the provider sends somebody back with who was sent there: <c>code</c>, <c>state</c>, <c>iss</c>, or <c>error</c>.</summary>
    public static async Task<Dictionary<string, string>> Visit(string address, string person)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync($"{address}&as={person}");
        Assert.True(answer.StatusCode is HttpStatusCode.Redirect, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        var query = HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
        return query.AllKeys.ToDictionary(key => key!, key => query[key]!);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        await database.DisposeAsync();
    }

    private async Task Register(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ProviderDb>().Database.EnsureCreatedAsync();
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        if (await applications.FindByClientIdAsync(ClientId) is not null)
        {
            return;
        }

        var client = new OpenIddictApplicationDescriptor
        {
            ClientId = ClientId,
            ClientSecret = ClientSecret,
            ClientType = ClientTypes.Confidential,
            ConsentType = ConsentTypes.Implicit,
            Permissions =
            {
                Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.GrantTypes.AuthorizationCode, Permissions.ResponseTypes.Code,
                Permissions.Scopes.Email, Permissions.Scopes.Profile,
            },
        };
        client.RedirectUris.UnionWith(redirects.Select(r => new Uri(r)));
        await applications.CreateAsync(client);
    }

    private IResult Authorize(HttpContext http)
    {
        var name = http.GetOpenIddictServerRequest()!["as"]?.ToString() ?? "";
        if (name == Deny)
        {
            return Results.Forbid(new(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.AccessDenied }), [Scheme]);
        }

        if (!People.TryGetValue(name, out var person))
        {
            return Results.Content(Form(http.Request.Query), "text/html");
        }

        var identity = new ClaimsIdentity("provider");
        identity.SetClaim(Claims.Subject, person.Subject);
        if (!person.ByUserInfo)
        {
            identity.SetClaim(Claims.Email, person.Email).SetClaim(Claims.EmailVerified, person.EmailVerified).SetClaims("groups", [.. person.Groups]);
        }

        identity.SetScopes(http.GetOpenIddictServerRequest()!.GetScopes());
        identity.SetDestinations(_ => [Destinations.IdentityToken]);
        return Results.SignIn(new(identity), authenticationScheme: Scheme);
    }

    private async Task<IResult> UserInfo(HttpContext http)
    {
        var subject = (await http.AuthenticateAsync(Scheme)).Principal!.GetClaim(Claims.Subject);
        var person = People.Values.First(p => p.Subject == subject);
        return Results.Json(new Dictionary<string, object?> { ["sub"] = subject, ["email"] = person.Email, ["email_verified"] = person.EmailVerified, ["groups"] = person.Groups });
    }

    private static string Form(IQueryCollection query)
    {
        var hidden = string.Concat(query.Where(q => q.Key != "as").Select(q => $"<input type=\"hidden\" name=\"{HttpUtility.HtmlAttributeEncode(q.Key)}\" value=\"{HttpUtility.HtmlAttributeEncode(q.Value)}\">"));
        return $"<!doctype html><html lang=\"en\"><title>{Name}</title><h1>{Name}</h1><form>{hidden}<label>Who are you? <input name=\"as\" data-testid=\"provider-name\"></label><button data-testid=\"provider-go\">Go on</button></form></html>";
    }

    private sealed class ProviderDb(DbContextOptions<ProviderDb> options) : DbContext(options);
}
