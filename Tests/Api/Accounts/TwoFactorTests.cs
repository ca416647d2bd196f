using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

public sealed class TwoFactorTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Setting_up_gives_a_key_to_type_and_to_scan_and_turns_nothing_on()
    {
        using var user = await Platform.NewUser();
        var refusal = await user.Client.SetUpTwoFactor(new(SignIns.WrongPassword)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["password"], refusal.Errors.Keys);

        var setup = await user.Client.SetUpTwoFactor(new(TestUser.Password));
        Assert.Matches("^[A-Z2-7]{32,}$", setup.Key);
        Assert.StartsWith("otpauth://totp/", setup.Uri, StringComparison.Ordinal);
        Assert.Contains($"secret={setup.Key}&", setup.Uri, StringComparison.Ordinal);
        Assert.Contains(Uri.EscapeDataString(user.Email), setup.Uri, StringComparison.Ordinal);
        Assert.Equal("svg", System.Xml.Linq.XDocument.Parse(setup.QrCode).Root!.Name.LocalName);

        var wrong = await user.Client.EnableTwoFactor(new(new Authenticator(setup.Key).WrongCode())).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["code"], wrong.Errors.Keys);
        Assert.False((await user.Client.Me()).TwoFactor);
        await user.SignIn();
        // Neither is the key stored in clear.
        Assert.Equal(0, await (await Platform.Database()).Scalar<long>("SELECT count(*) FROM user_tokens WHERE value LIKE '%' || $1 || '%'", setup.Key));
    }

    [Fact]
    public async Task With_two_factor_on_signing_in_takes_a_code_that_works_once()
    {
        using var user = await Platform.NewUser();
        var (authenticator, codes) = await TurnOn(user);
        Assert.Equal(10, codes.Distinct().Count());
        Assert.True((await user.Client.Me()).TwoFactor);

        var none = await user.SignIn().IsRefused(HttpStatusCode.Unauthorized);
        Assert.True(none.NeedsTwoFactor);
        var wrong = await user.Client.Login(new(user.Email, TestUser.Password, authenticator.WrongCode())).IsRefused(HttpStatusCode.Unauthorized);
        Assert.False(wrong.NeedsTwoFactor);
        // A right code makes no wrong password right, and does not tell that the password is all that is wrong.
        var guess = await user.Client.Login(new(user.Email, SignIns.WrongPassword, authenticator.Code(1))).IsRefused(HttpStatusCode.Unauthorized);
        Assert.False(guess.NeedsTwoFactor);

        await user.Client.Login(new(user.Email, TestUser.Password, $" {authenticator.Code(1).Insert(3, " ")} "));
        await user.Client.Login(new(user.Email, TestUser.Password, authenticator.Code(1))).IsRefused(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_code_that_was_used_does_not_work_again_after_a_later_one_either()
    {
        using var user = await Platform.NewUser();
        var (authenticator, _) = await TurnOn(user);
        await user.Client.Login(new(user.Email, TestUser.Password, authenticator.Code(1)));
        await user.Client.Login(new(user.Email, TestUser.Password, authenticator.Code(2)));
        foreach (var used in (int[])[0, 1, 2])
        {
            await user.Client.Login(new(user.Email, TestUser.Password, authenticator.Code(used))).IsRefused(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_code_that_many_show_at_the_same_time_lets_one_of_them_in()
    {
        using var user = await Platform.NewUser();
        var (authenticator, codes) = await TurnOn(user);
        foreach (var code in (string[])[authenticator.Code(1), codes[0]])
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => user.Http.SignIn(user.Email, TestUser.Password, code)));
            Assert.Equal(1, answers.Count(a => a.StatusCode is HttpStatusCode.OK));
            Assert.Equal(5, answers.Count(a => a.StatusCode is HttpStatusCode.Unauthorized));
        }
    }

    [Fact]
    public async Task A_recovery_code_works_once_and_new_ones_replace_the_old_ones()
    {
        using var user = await Platform.NewUser();
        var (_, codes) = await TurnOn(user);
        await user.Client.Login(new(user.Email, TestUser.Password, codes[3]));
        await user.Client.Login(new(user.Email, TestUser.Password, codes[3])).IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Login(new(user.Email, TestUser.Password, codes[4].ToLowerInvariant()));

        await user.Client.NewRecoveryCodes(new(SignIns.WrongPassword)).IsRefused(HttpStatusCode.BadRequest);
        var fresh = (await user.Client.NewRecoveryCodes(new(TestUser.Password))).Codes;
        Assert.Equal(10, fresh.Except(codes).Count());
        await user.Client.Login(new(user.Email, TestUser.Password, codes[5])).IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Login(new(user.Email, TestUser.Password, fresh[5]));
    }

    [Fact]
    public async Task Turning_it_off_takes_the_password_and_then_the_password_is_enough()
    {
        using var user = await Platform.NewUser();
        var (authenticator, codes) = await TurnOn(user);
        var refusal = await user.Client.DisableTwoFactor(new(SignIns.WrongPassword)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["password"], refusal.Errors.Keys);
        Assert.True((await user.SignIn().IsRefused(HttpStatusCode.Unauthorized)).NeedsTwoFactor);
        // Not by a new authenticator either.
        await user.Client.SetUpTwoFactor(new(TestUser.Password)).IsRefused(HttpStatusCode.Conflict);

        await user.Client.DisableTwoFactor(new(TestUser.Password));
        await user.SignIn();
        Assert.False((await user.Client.Me()).TwoFactor);
        // And the next authenticator is another one: the old key and the old recovery codes are worth nothing.
        var (next, _) = await TurnOn(user);
        foreach (var old in (string[])[authenticator.Code(2), codes[9]])
        {
            await user.Client.Login(new(user.Email, TestUser.Password, old)).IsRefused(HttpStatusCode.Unauthorized);
        }

        await user.Client.Login(new(user.Email, TestUser.Password, next.Code(1)));
    }

    [Fact]
    public async Task Wrong_codes_count_towards_the_lock_and_missing_ones_do_not()
    {
        using var user = await Platform.NewUser();
        var (authenticator, codes) = await TurnOn(user);
        for (var i = 0; i < 12; i++)
        {
            Assert.True((await user.SignIn().IsRefused(HttpStatusCode.Unauthorized)).NeedsTwoFactor);
        }

        for (var i = 0; i < 10; i++)
        {
            var wrong = i % 2 == 0 ? authenticator.WrongCode() : "WRONG-CODES";
            await user.Client.Login(new(user.Email, TestUser.Password, wrong)).IsRefused(HttpStatusCode.Unauthorized);
        }

        foreach (var right in (string[])[authenticator.Code(1), codes[0]])
        {
            var locked = await user.Client.Login(new(user.Email, TestUser.Password, right)).IsRefused(HttpStatusCode.TooManyRequests);
            Assert.InRange(locked.RetryAfter!.Value, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5));
        }
    }

    private static async Task<(Authenticator Authenticator, IReadOnlyList<string> Recovery)> TurnOn(TestUser user)
    {
        var authenticator = new Authenticator((await user.Client.SetUpTwoFactor(new(TestUser.Password))).Key);
        return (authenticator, (await user.Client.EnableTwoFactor(new(authenticator.Code()))).Codes);
    }
}
