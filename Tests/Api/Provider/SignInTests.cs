using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Provider;

/// <summary>Whoever the provider vouches for gets the account that is theirs, and no other.</summary>
public sealed class SignInTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task A_new_person_gets_an_account_that_stays_theirs_whatever_their_address_becomes()
    {
        var stage = Own(await ProviderStage.Set());
        Assert.Equal(new SignInWays(Passwords: true, Provider: ProviderHost.Name), await stage.Nobody().SignInWays());
        var person = stage.Provider.Add();
        using var first = await stage.SignIn(person);
        var me = await first.Client.Me();
        Assert.Equal((first.Email, true, false), (me.Email, me.Administrator, me.Password));

        stage.Provider.People[person] = stage.Provider.People[person] with { Email = Names.Email() };
        using var second = await stage.SignIn(person);
        Assert.Equal(me, await second.Client.Me());
        Assert.All((await second.Client.Sessions()).Items, s => Assert.True(s.ByProvider));

        // A session like any other: it is renewed, listed, and can be ended.
        var fresh = await second.Client.Refresh(new(second.Tokens.RefreshToken));
        using var renewed = TestUser.With(stage.Api, first.Email, fresh);
        await renewed.Client.EndSession((await renewed.Client.Sessions()).Items.Single(s => !s.Current).Id);
        await first.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        Assert.Equal(2, (await renewed.Client.AuditOfAll(new() { Search = "provider.sign-in" })).Items.Count(e => e.Actor == me.Email && e.Status == 200));

        // Somebody else is somebody else.
        using var other = await stage.SignIn(stage.Provider.Add());
        Assert.NotEqual(me.Id, (await other.Client.Me()).Id);
        Assert.False((await other.Client.Me()).Administrator);
    }

    [Fact]
    public async Task What_the_identity_token_leaves_out_is_asked_of_the_user_info_endpoint()
    {
        var stage = Own(await ProviderStage.Set());
        var person = stage.Provider.Add();
        stage.Provider.People[person] = stage.Provider.People[person] with { ByUserInfo = true };

        using var user = await stage.SignIn(person);

        Assert.Equal(user.Email, (await user.Client.Me()).Email);
    }

    [Fact]
    public async Task The_configured_address_is_the_administrator_s()
    {
        var email = Names.Email();
        var stage = Own(await ProviderStage.Set(new Dictionary<string, string?> { ["Accounts__Administrator"] = email }));
        using var first = await stage.SignIn(stage.Provider.Add());
        using var administrator = await stage.SignIn(stage.Provider.Add(email));
        Assert.Equal((false, true), ((await first.Client.Me()).Administrator, (await administrator.Client.Me()).Administrator));
    }

    [Fact]
    public async Task An_account_whose_owner_has_proved_the_address_is_connected_and_told_so()
    {
        var mail = Own(new MailServer());
        var stage = Own(await ProviderStage.Set(mail.Settings));
        using var local = await TestUser.Register(stage.Api, async user => await user.Client.ConfirmEmail(new(MailServer.Code(await mail.Message(user.Email, "Confirm your address")))));
        var person = stage.Provider.Add(local.Email.ToUpperInvariant());

        using var user = await stage.SignIn(person);

        Assert.Equal((await local.Client.Me()).Id, (await user.Client.Me()).Id);
        await mail.Message(local.Email, "connected");
        Assert.Single((await local.Client.AuditOfAll(new() { Search = "account.connect" })).Items);
        // The address goes to a new colleague: what the old one had does not.
        await Refused(stage, stage.Provider.Add(local.Email), HttpStatusCode.Conflict);
        using var again = await stage.SignIn(person);
        Assert.Equal(local.Email, (await again.Client.Me()).Email);
    }

    [Fact]
    public async Task An_account_that_somebody_made_in_another_s_name_neither_takes_over_nor_is_taken_over()
    {
        var stage = Own(await ProviderStage.Set());
        using var administrator = await TestUser.Register(stage.Api);

        // One with nothing in it makes room; whoever made it has nothing of the new one.
        using var squatter = await TestUser.Register(stage.Api);
        using var owner = await stage.SignIn(stage.Provider.Add(squatter.Email));
        Assert.Equal(squatter.Email, (await owner.Client.Me()).Email);
        await squatter.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await squatter.Client.Login(new(squatter.Email, TestUser.Password)).IsRefused(HttpStatusCode.Unauthorized);

        // One with something in it stays its maker's until an administrator vouches for it.
        using var worker = await TestUser.Register(stage.Api);
        await worker.NewProject("kept");
        var person = stage.Provider.Add(worker.Email);
        var refusal = await Refused(stage, person, HttpStatusCode.Conflict);
        Assert.Contains("administrator", refusal.Detail);
        var view = (await administrator.Client.Users(new() { Search = worker.Email })).Items.Single();
        Assert.False(view.Confirmed);
        Assert.True((await administrator.Client.PatchUser(view.Id, new(Confirmed: true))).Confirmed);
        using var known = await stage.SignIn(person);
        Assert.Equal(view.Id, (await known.Client.Me()).Id);
    }

    [Fact]
    public async Task An_address_that_the_provider_does_not_vouch_for_opens_nothing_and_tells_nothing()
    {
        var stage = Own(await ProviderStage.Set());
        using var local = await TestUser.Register(stage.Api);
        var known = await Refused(stage, stage.Provider.Add(local.Email, verified: false), HttpStatusCode.Forbidden);
        var unknown = await Refused(stage, stage.Provider.Add(verified: false), HttpStatusCode.Forbidden);
        Assert.Equal(unknown.Message, known.Message);
        var without = stage.Provider.Add();
        stage.Provider.People[without] = stage.Provider.People[without] with { Email = null };
        await Refused(stage, without, HttpStatusCode.Forbidden);
        Assert.Equal(1, await stage.Database.Scalar<long>("SELECT count(*) FROM users"));

        var trusting = Own(await stage.Another(("Oidc__TrustEmail", "true")));
        using var user = await stage.SignIn(stage.Provider.Add(verified: false), trusting);
        Assert.Equal(user.Email, (await user.Client.Me()).Email);
    }

    [Fact]
    public async Task Who_is_disabled_stays_out_and_what_is_dangerous_takes_a_fresh_sign_in()
    {
        var stage = Own(await ProviderStage.Set());
        using var administrator = await TestUser.Register(stage.Api);
        var person = stage.Provider.Add();
        using var user = await stage.SignIn(person);
        var id = (await user.Client.Me()).Id;
        await administrator.Client.PatchUser(id, new(Disabled: true));
        await user.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await Refused(stage, person, HttpStatusCode.Forbidden);
        await administrator.Client.PatchUser(id, new(Disabled: false));

        using var back = await stage.SignIn(person);
        await back.Client.SetUpTwoFactor(new("")).IsRefused(HttpStatusCode.Conflict);
        await back.Client.ChangePassword(new("", "another password")).IsRefused(HttpStatusCode.Conflict);
        await stage.Database.Scalar<int>("WITH aged AS (UPDATE sessions SET created_at = created_at - interval '11 minutes' RETURNING 1) SELECT count(*)::int FROM aged");
        await back.Client.DeleteAccount(new("")).IsRefused(HttpStatusCode.Forbidden);
        using var fresh = await stage.SignIn(person);
        await fresh.Client.DeleteAccount(new(""));
        await fresh.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
    }

    private static async Task<SlipwayApiException> Refused(ProviderStage stage, string person, HttpStatusCode status) =>
        await stage.Nobody().FinishProviderSignIn(await stage.GoAndComeBack(person)).IsRefused(status);
}
