using System.Collections.Concurrent;
using System.Net;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

public sealed class LockTests(Platform platform) : PlatformTest(platform)
{
    private const int LockAfter = 10;

    [Fact]
    public async Task Ten_wrong_passwords_lock_an_address_whether_or_not_it_has_an_account()
    {
        using var user = await Platform.NewUser();
        using var http = (await Platform.Api()).Http();
        var (known, unknown) = (new List<Problem>(), new List<Problem>());
        foreach (var (email, seen) in ((string, List<Problem>)[])[(user.Email, known), (Names.Email(), unknown)])
        {
            for (var i = 0; i < LockAfter; i++)
            {
                using var wrong = await http.SignIn(email, SignIns.WrongPassword);
                seen.Add(await wrong.IsProblem(HttpStatusCode.Unauthorized));
            }

            foreach (var password in (string[])[TestUser.Password, SignIns.WrongPassword])
            {
                using var locked = await http.SignIn(email.ToUpperInvariant(), password);
                Assert.InRange(await locked.IsTooMany(), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
                seen.Add(await locked.IsProblem(HttpStatusCode.TooManyRequests));
            }
        }

        Assert.Equal(known.Select(p => (p.Status, p.Title, p.Detail)), unknown.Select(p => (p.Status, p.Title, p.Detail)));
        // Who is signed in already stays so: otherwise anybody could sign anybody out.
        await user.Client.Me();
    }

    [Fact]
    public async Task A_lock_is_over_by_itself_and_a_right_password_forgets_the_wrong_ones()
    {
        using var user = await Platform.NewUser();
        await user.Http.FailToSignIn(user.Email, LockAfter - 1);
        await user.SignIn();
        await user.Http.FailToSignIn(user.Email, LockAfter);
        await user.SignIn().IsRefused(HttpStatusCode.TooManyRequests);

        await (await Platform.Database()).Scalar<long>(
            "WITH over AS (UPDATE sign_in_attempts SET until = now() - interval '1 second' WHERE email_hash = sha256(convert_to(upper($1), 'UTF8')) RETURNING 1) SELECT count(*) FROM over",
            user.Email);
        await user.SignIn();
    }

    [Fact]
    public async Task A_locked_account_is_locked_for_every_use_of_its_password_and_no_other_account_is()
    {
        using var user = await Platform.NewUser();
        using var neighbour = await Platform.NewUser();
        await user.Http.FailToSignIn(user.Email, LockAfter);
        await user.Client.ChangePassword(new(TestUser.Password, "Another-Horse-8-Staple")).IsRefused(HttpStatusCode.TooManyRequests);
        await user.Client.DeleteAccount(new(TestUser.Password)).IsRefused(HttpStatusCode.TooManyRequests);
        await user.Client.SetUpTwoFactor(new(TestUser.Password)).IsRefused(HttpStatusCode.TooManyRequests);
        await neighbour.SignIn();
    }

    [Fact]
    public async Task Wrong_passwords_of_somebody_who_is_signed_in_count_too()
    {
        using var user = await Platform.NewUser();
        for (var i = 0; i < LockAfter; i++)
        {
            await user.Client.ChangePassword(new(SignIns.WrongPassword, "Another-Horse-8-Staple")).IsRefused(HttpStatusCode.BadRequest);
        }

        await user.SignIn().IsRefused(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_thousand_guesses_at_once_get_ten_tries_and_nobody_else_has_to_wait()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Accounts__AttemptsPerAddress"] = "1000000" }));
        using var victim = await TestUser.Register(api);
        using var neighbour = await TestUser.Register(api);
        using var attacker = api.Http();
        var answers = new ConcurrentBag<HttpStatusCode>();
        var attack = Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            using var answer = await attacker.SignIn(victim.Email, $"guess number {i}");
            answers.Add(answer.StatusCode);
        });
        do
        {
            await neighbour.SignIn();
        }
        while (!attack.IsCompleted);
        await attack;

        Assert.Equal(
            [(HttpStatusCode.Unauthorized, LockAfter), (HttpStatusCode.TooManyRequests, 1000 - LockAfter)],
            answers.CountBy(status => status).OrderBy(c => c.Key).Select(c => (c.Key, c.Value)));
        using var locked = await attacker.SignIn(victim.Email, TestUser.Password);
        await locked.IsTooMany();
        await victim.Client.Me();
        await neighbour.SignIn();
    }

    [Fact]
    public async Task A_network_address_has_its_limit_and_no_other_address_feels_it()
    {
        const int limit = 5;
        var api = await Limited(limit);
        using var here = api.Http();
        using var there = SignIns.From("127.0.0.2", api);
        for (var i = 0; i < limit; i++)
        {
            using var answer = await here.SignIn(Names.Email(), SignIns.WrongPassword);
            await answer.IsProblem(HttpStatusCode.Unauthorized);
        }

        using var tooMany = await here.SignIn(Names.Email(), SignIns.WrongPassword);
        Assert.InRange(await tooMany.IsTooMany(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        // The limit is one for all that nobody has to be signed in for.
        using var register = await here.PostAsync("/api/account/register", new StringContent("""{"email":"a@example.com","password":"long enough"}""", null, "application/json"));
        await register.IsTooMany();
        using var other = await there.SignIn(Names.Email(), SignIns.WrongPassword);
        await other.IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_proxy_on_this_machine_is_believed_and_a_visitor_who_pretends_to_be_one_is_not()
    {
        const int limit = 5;
        var api = await Limited(limit);
        using var proxy = api.Http();
        for (var i = 0; i < limit; i++)
        {
            // What stands left of the visitor's own address is what the visitor wrote.
            using var answer = await proxy.SignIn(Names.Email(), SignIns.WrongPassword, forwardedFor: $"198.51.100.{i}, 203.0.113.7");
            await answer.IsProblem(HttpStatusCode.Unauthorized);
        }

        using var tooMany = await proxy.SignIn(Names.Email(), SignIns.WrongPassword, forwardedFor: "203.0.113.7");
        await tooMany.IsTooMany();
        using var user = await TestUser.Register(api);
        using var other = await proxy.SignIn(user.Email, TestUser.Password, forwardedFor: "203.0.113.8");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Contains((await user.Client.Sessions()).Items, s => s.Address == "203.0.113.8");
    }

    private async Task<ApiProcess> Limited(int attempts)
    {
        var database = Own(await TestDatabase.Create());
        return Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Accounts__AttemptsPerAddress"] = $"{attempts}" }));
    }
}
