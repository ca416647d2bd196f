using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;
using Slipway.Web.Session;

namespace Slipway.Tests.Journeys;

/// <summary>Replicas of the portal that share nothing but a secret.</summary>
public sealed partial class ReplicaSessionTests(Platform platform) : PlatformTest(platform)
{
    private static readonly string Secret = Random(), Other = Random();

    [Fact]
    public async Task Replicas_with_the_same_secret_take_each_other_s_cookies_and_forms_also_after_a_restart()
    {
        var api = await Platform.Api();
        using var user = await TestUser.Register(api);
        var cookies = new CookieContainer();
        await using (var first = await Replica(api, Secret))
        {
            var second = Own(await Replica(api, Secret));
            // The form comes from one replica and goes to the other.
            await SignIn(cookies, formFrom: first, submitTo: second, user);
            Assert.True(await IsSignedIn(cookies, first));
            Assert.True(await IsSignedIn(cookies, second));
            Assert.DoesNotContain("DataProtection", first.Log, StringComparison.Ordinal);
        }

        Assert.True(await IsSignedIn(cookies, Own(await Replica(api, Secret))));
        Assert.True(await IsSignedIn(cookies, Own(await Replica(api, Other, Secret))));
        Assert.False(await IsSignedIn(cookies, Own(await Replica(api, Other))));
    }

    [Fact]
    public async Task A_session_that_one_replica_refreshed_goes_on_at_the_other()
    {
        using var user = await TestUser.Register(await Platform.Api());
        using var http = (await Platform.Api()).Http();
        var anonymous = new SlipwayClient(http);
        // Both replicas' clock is near the end of the access token.
        var tokens = SessionTokens.From(user.Tokens, DateTimeOffset.UtcNow);
        var clock = new Later(tokens.Expires - DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1));
        using PortalSessions a = new(clock), b = new(clock);
        a.Seed("session", tokens);
        var atB = b.Seed("session", tokens);
        Assert.True(await atB.KeepFresh(anonymous, clock));
        Assert.NotEqual(tokens.Refresh, atB.Tokens.Refresh);

        // The cookie carries what B got to A, which uses it instead of the refresh token that was used up.
        var atA = a.Seed("session", atB.Tokens);
        Assert.True(await atA.KeepFresh(anonymous, clock));
        Assert.Equal(atB.Tokens, atA.Tokens);
        using var there = TestUser.With(await Platform.Api(), user.Email, new(atA.Tokens.Access, 60, atA.Tokens.Refresh));
        Assert.Equal(user.Email, (await there.Client.Me()).Email);
    }

    private static string Random() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static Task<WebProcess> Replica(ApiProcess api, string secret, string? previous = null) => WebProcess.Start(api, settings: new Dictionary<string, string?>
    {
        ["DataProtection__KeyDirectory"] = null,
        ["DataProtection__Secret"] = secret,
        ["DataProtection__PreviousSecrets__0"] = previous,
        // No folder to write to, as with a read-only root file system.
        ["HOME"] = "/proc",
    });

    private static async Task SignIn(CookieContainer cookies, WebProcess formFrom, WebProcess submitTo, TestUser user)
    {
        using var http = Client(cookies);
        var page = await http.GetStringAsync(new Uri(formFrom.Address, "/sign-in"));
        var token = AntiforgeryToken().Match(page).Groups["token"].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "sign-in",
            ["__RequestVerificationToken"] = token,
            ["Form.Email"] = user.Email,
            ["Form.Password"] = TestUser.Password,
        });
        using var answer = await http.PostAsync(new Uri(submitTo.Address, "/sign-in"), form);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private static async Task<bool> IsSignedIn(CookieContainer cookies, WebProcess portal)
    {
        using var http = Client(cookies);
        using var answer = await http.PostAsync(new Uri(portal.Address, "/session/refresh"), null);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.Unauthorized]);
        return answer.StatusCode is HttpStatusCode.NoContent;
    }

    // Cookies know no ports: all replicas are 127.0.0.1.
    private static HttpClient Client(CookieContainer cookies) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies });

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex AntiforgeryToken();

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
