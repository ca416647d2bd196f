using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

public sealed class AccountTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Registering_and_signing_in_give_a_token_that_says_who_one_is()
    {
        using var user = await Platform.NewUser();
        var me = await user.Client.Me();
        Assert.Equal(user.Email, me.Email);
        Assert.NotEqual(Guid.Empty, me.Id);
        Assert.Equal("Bearer", user.Tokens.TokenType);
        Assert.InRange(user.Tokens.ExpiresIn, 60, 24 * 3600);
    }

    [Fact]
    public async Task An_address_has_one_account_in_whatever_case_it_is_written()
    {
        using var user = await Platform.NewUser();
        await user.Client.Register(new(user.Email.ToUpperInvariant(), "Another-Horse-8-Battery"));
        await user.Client.Login(new(user.Email, "Another-Horse-8-Battery")).IsRefused(HttpStatusCode.Unauthorized);
        Assert.NotEmpty((await user.Client.Login(new(user.Email.ToUpperInvariant(), TestUser.Password))).AccessToken);
    }

    [Theory]
    [InlineData("someone@example.com", "short", "password")]
    [InlineData("someone@example.com", "", "password")]
    [InlineData("", TestUser.Password, "email")]
    [InlineData("no-address", TestUser.Password, "email")]
    [InlineData("two@at@example.com", TestUser.Password, "email")]
    [InlineData("a space@example.com", TestUser.Password, "email")]
    public async Task A_registration_that_cannot_be_names_the_field(string email, string password, string field)
    {
        using var http = (await Platform.Api()).Http();
        using var answer = await http.PostAsync("/api/account/register", Json(new RegisterRequest(email, password)));
        await answer.NamesField(field);
    }

    [Fact]
    public async Task A_password_of_more_than_256_characters_is_refused()
    {
        using var http = (await Platform.Api()).Http();
        using var answer = await http.PostAsync("/api/account/register", Json(new RegisterRequest(Names.Email(), new string('x', 257))));
        await answer.NamesField("password");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        using var user = await Platform.NewUser();
        var wrong = await user.Client.Login(new(user.Email, "not the password")).IsRefused(HttpStatusCode.Unauthorized);
        var unknown = await user.Client.Login(new(Names.Email(), "not the password")).IsRefused(HttpStatusCode.Unauthorized);
        Assert.Equal(wrong.Title, unknown.Title);
        Assert.Equal(wrong.Detail, unknown.Detail);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_showing_it_again_ends_the_session()
    {
        using var user = await Platform.NewUser();
        var fresh = await user.Client.Refresh(new(user.Tokens.RefreshToken));
        user.Http.DefaultRequestHeaders.Authorization = new("Bearer", fresh.AccessToken);
        await user.Client.Me();

        await user.Client.Refresh(new(user.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Refresh(new(fresh.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Of_many_refreshes_with_one_token_at_the_same_time_at_most_one_succeeds()
    {
        using var user = await Platform.NewUser();
        var attempts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                await user.Client.Refresh(new(user.Tokens.RefreshToken));
                return true;
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Unauthorized)
            {
                return false;
            }
        }));
        Assert.InRange(attempts.Count(succeeded => succeeded), 0, 1);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_no_other()
    {
        using var phone = await Platform.NewUser();
        using var laptop = phone.At(await Platform.Api());
        await laptop.SignIn();

        await phone.Client.Logout();
        await phone.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await phone.Client.Refresh(new(phone.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await laptop.Client.Me();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("nonsense")]
    [InlineData("00000000000000000000000000000000.AAAA")]
    [InlineData("00000000000000000000000000000000.\u0000")]
    public async Task A_refresh_token_that_nobody_was_given_is_refused(string token)
    {
        using var http = (await Platform.Api()).Http();
        using var answer = await http.PostAsync("/api/account/refresh", Json(new RefreshRequest(token)));
        await answer.IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_the_account_for_a_while()
    {
        using var user = await Platform.NewUser();
        for (var i = 0; i < 10; i++)
        {
            await user.Client.Login(new(user.Email, "not the password")).IsRefused(HttpStatusCode.Unauthorized);
        }

        await user.Client.Login(new(user.Email, TestUser.Password)).IsRefused(HttpStatusCode.TooManyRequests);
        // Who is signed in already stays so: otherwise anybody could sign anybody out.
        await user.Client.Me();
    }

    public static TheoryData<string> RoutesThatNeedASession => [.. Routes.SignedIn.Concat(Routes.InProject).Select(r => r.ToString())];

    [Theory]
    [MemberData(nameof(RoutesThatNeedASession))]
    public async Task Without_a_valid_token_every_route_is_a_401(string route)
    {
        var found = Routes.All.Single(r => r.ToString() == route);
        using var http = (await Platform.Api()).Http();
        foreach (var token in (string?[])[null, "nonsense", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."])
        {
            using var request = new HttpRequestMessage(new(found.Method), found.At("nowhere", "shop"));
            request.Headers.Authorization = token is null ? null : new("Bearer", token);
            request.Content = found.Body is null ? null : new StringContent(found.Body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            await answer.IsProblem(HttpStatusCode.Unauthorized);
            Assert.Contains(answer.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Bearer");
        }
    }

    private static StringContent Json<T>(T value) =>
        new(System.Text.Json.JsonSerializer.Serialize(value, SlipwayJson.Options), System.Text.Encoding.UTF8, "application/json");
}
