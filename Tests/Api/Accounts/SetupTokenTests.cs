using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Api.Provider;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>The one-time token of a new installation.</summary>
public sealed class SetupTokenTests(Platform platform) : PlatformTest(platform)
{
    private const string Token = "5f0c3c2b7d9e41a08d6a1f4be27c9a63";

    [Fact]
    public async Task Only_who_registers_with_the_token_becomes_the_first_administrator_and_it_works_once()
    {
        var (api, database) = await Start(("Accounts__Administrator", "owner@example.com"));
        using var first = await TestUser.Register(api);
        using var named = await TestUser.Register(api, email: "owner@example.com");
        Assert.False((await first.Client.Me()).Administrator);
        Assert.False((await named.Client.Me()).Administrator);
        Assert.True((await first.Client.SignInWays()).SetupPending);

        using var http = api.Http();
        var nobody = new SlipwayClient(http);
        // A wrong token makes no account, and an address that is taken does not use the right one up.
        var email = Names.Email();
        var wrong = await nobody.Register(With(email, new('x', 32))).IsRefused(HttpStatusCode.BadRequest);
        var taken = await nobody.Register(With(first.Email, Token)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Contains("setupToken", wrong.Errors.Keys);
        Assert.Contains("email", taken.Errors.Keys);

        await nobody.Register(With(email, Token));
        using var administrator = await TestUser.Again(api, email);
        Assert.True((await administrator.Client.Me()).Administrator);
        Assert.False((await first.Client.SignInWays()).SetupPending);
        var used = await nobody.Register(With(Names.Email(), Token)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(wrong.Errors["setupToken"], used.Errors["setupToken"]);
        Assert.Equal(3, await database.Scalar<long>("SELECT count(*) FROM users"));
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users WHERE is_administrator"));

        // Both refusals and the success are in the audit; the token is nowhere.
        await Wait.Until("both refusals to be in the audit", async _ =>
            await database.Scalar<long>("SELECT count(*) FROM audit WHERE action = 'account.register' AND status = 400 AND actor IS NULL AND origin IS NOT NULL") == 2);
        Assert.Equal(email, await database.Scalar<string>("SELECT actor FROM audit WHERE action = 'administrator.setup'"));
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM audit a WHERE strpos(a::text, $1) > 0", Token));
        Assert.DoesNotContain(Token, api.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_eight_who_register_with_the_token_at_the_same_time_one_is_let_in()
    {
        var (api, database) = await Start();
        using var http = api.Http();
        var client = new SlipwayClient(http);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await client.Register(With(Names.Email(), Token));
                return HttpStatusCode.Accepted;
            }
            catch (SlipwayApiException e)
            {
                return e.Status;
            }
        }));

        Assert.Equal(1, answers.Count(a => a is HttpStatusCode.Accepted));
        Assert.Equal(7, answers.Count(a => a is HttpStatusCode.BadRequest));
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users"));
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users WHERE is_administrator"));
    }

    [Fact]
    public async Task Without_the_setting_a_token_is_refused_and_the_first_account_administers()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var http = api.Http();
        var client = new SlipwayClient(http);
        await client.Register(With(Names.Email(), Token)).IsRefused(HttpStatusCode.BadRequest);
        Assert.False((await client.SignInWays()).SetupPending);
        using var first = await TestUser.Register(api);
        Assert.True((await first.Client.Me()).Administrator);
    }

    [Fact]
    public async Task Where_the_provider_is_the_only_way_in_nobody_is_told_to_open_the_link()
    {
        var stage = Own(await ProviderStage.Set());
        var only = Own(await stage.Another(("Oidc__Only", "true"), ("Accounts__SetupToken", Token)));
        Assert.False((await stage.Nobody(only).SignInWays()).SetupPending);
    }

    private static RegisterRequest With(string email, string token) => new(email, TestUser.Password) { SetupToken = token };

    private async Task<(ApiProcess Api, TestDatabase Database)> Start(params IReadOnlyList<(string Name, string Value)> settings)
    {
        var database = Own(await TestDatabase.Create());
        var all = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        all["Accounts__SetupToken"] = Token;
        return (Own(await ApiProcess.Start(database, settings: all)), database);
    }
}
