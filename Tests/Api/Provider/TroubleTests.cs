using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Provider;

/// <summary>What goes wrong between people, API and provider ends with a sentence, and nobody is signed in.</summary>
public sealed class TroubleTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Only_what_was_begun_here_can_be_finished_and_only_once()
    {
        var stage = Own(await ProviderStage.Set());
        var nobody = stage.Nobody();
        var person = stage.Provider.Add();
        var (mine, theirs) = (await stage.GoAndComeBack(person), await stage.GoAndComeBack(stage.Provider.Add()));

        await Refused(mine with { State = theirs.State });
        await Refused(mine with { Request = theirs.Request });
        await Refused(mine with { Request = mine.Request[..^4] + "AAAA" });
        await Refused(mine with { Request = "" });
        await Refused(mine with { Request = new('A', 5000) });
        await Refused(mine with { Issuer = "https://another.example.com/" });
        // Another person's code in one's own sign-in: the provider asks for the verifier that goes with it.
        await Refused(theirs with { Code = mine.Code });
        await Refused(mine with { Code = "no code" });

        var fresh = await stage.GoAndComeBack(person);
        await nobody.FinishProviderSignIn(fresh);
        await Refused(fresh);
        Assert.Equal(1, await stage.Database.Scalar<long>("SELECT count(*) FROM users"));
        Assert.DoesNotContain("Exception", stage.Api.Log, StringComparison.Ordinal);

        async Task Refused(FinishProviderSignIn finish) => await nobody.FinishProviderSignIn(finish).IsRefused(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said_to_be_and_one_that_comes_back_with_other_keys_is_believed()
    {
        var stage = Own(await ProviderStage.Set());
        var nobody = stage.Nobody();
        await stage.Provider.Stop();
        var refusal = await nobody.StartProviderSignIn().IsRefused(HttpStatusCode.ServiceUnavailable);
        Assert.Contains(ProviderHost.Name, refusal.Title);
        Assert.NotNull(refusal.RetryAfter);

        await stage.Provider.Run();
        using var user = await stage.SignIn(stage.Provider.Add());
        var begun = await stage.GoAndComeBack(stage.Provider.Add());
        await stage.Provider.Stop();
        await nobody.FinishProviderSignIn(begun).IsRefused(HttpStatusCode.ServiceUnavailable);
        // Those who are signed in stay so.
        await user.Client.Me();

        await stage.Provider.Run();
        using var other = await stage.SignIn(stage.Provider.Add());
        await other.Client.Me();
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_client_are_said_to_be_the_administrator_s_to_mend()
    {
        var stage = Own(await ProviderStage.Set(new Dictionary<string, string?> { ["Oidc__ClientSecret"] = "canary-wrong-secret" }));
        var refusal = await stage.Nobody().FinishProviderSignIn(await stage.GoAndComeBack(stage.Provider.Add())).IsRefused(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Oidc:ClientSecret", refusal.Detail);
        Assert.Contains("invalid_client", stage.Api.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-wrong-secret", stage.Api.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_provider_there_is_none_to_sign_in_with()
    {
        using var http = (await Platform.Api()).Http();
        var client = new SlipwayClient(http);
        Assert.Equal(new SignInWays(Passwords: true, Provider: null), await client.SignInWays());
        await client.StartProviderSignIn().IsRefused(HttpStatusCode.NotFound);
        await client.FinishProviderSignIn(new("code", "state", "request")).IsRefused(HttpStatusCode.NotFound);
    }
}
