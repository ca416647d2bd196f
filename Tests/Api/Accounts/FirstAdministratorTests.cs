using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>How a platform comes by its administrator, and that it keeps one.</summary>
public sealed class FirstAdministratorTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Of_eight_who_register_at_the_same_time_one_is_the_administrator()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        var people = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TestUser.Register(api)));
        var administrators = new List<TestUser>();
        foreach (var person in people)
        {
            if ((await person.Client.Me()).Administrator)
            {
                administrators.Add(person);
            }
        }

        var administrator = Assert.Single(administrators);
        Assert.Equal(8, (await administrator.Client.Users()).Total);
        Assert.Single((await administrator.Client.Users()).Items, u => u.Administrator);
    }

    [Fact]
    public async Task With_an_address_in_the_settings_its_account_is_the_administrator_s_and_no_other()
    {
        var email = Names.Email();
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Accounts__Administrator"] = email.ToUpperInvariant() }));
        using var first = await TestUser.Register(api);
        Assert.False((await first.Client.Me()).Administrator);
        using var administrator = await TestUser.Register(api, email: email);
        Assert.True((await administrator.Client.Me()).Administrator);
        using var last = await TestUser.Register(api);
        Assert.False((await last.Client.Me()).Administrator);
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users WHERE is_administrator"));
    }

    [Fact]
    public async Task The_last_administrator_cannot_go_in_any_way()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var first = await TestUser.Register(api);
        using var second = await TestUser.Register(api);
        var (one, two) = ((await first.Client.Me()).Id, (await second.Client.Me()).Id);
        await NoneCanGo(first, one);
        // A disabled administrator is none to rely on.
        await first.Client.PatchUser(two, new(Disabled: true, Administrator: true));
        await NoneCanGo(first, one);
        await first.Client.PatchUser(two, new(Disabled: false));
        await second.SignIn();

        // Of two who unmake each other at the same time one stays.
        var answers = await Task.WhenAll(
            first.SendJson(HttpMethod.Patch, $"/api/admin/users/{two}", new PatchUser(Administrator: false)),
            second.SendJson(HttpMethod.Patch, $"/api/admin/users/{one}", new PatchUser(Disabled: true)));
        Assert.Equal(1, answers.Count(a => a.StatusCode is HttpStatusCode.OK));
        Assert.All(answers, a => Assert.Contains(a.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Conflict]));
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users WHERE is_administrator AND disabled_at IS NULL"));
    }

    [Fact]
    public async Task An_administrator_who_is_not_the_last_can_go()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var first = await TestUser.Register(api);
        using var second = await TestUser.Register(api);
        var id = (await second.Client.Me()).Id;
        await first.Client.PatchUser(id, new(Administrator: true));
        await first.Client.DeleteAccount(new(TestUser.Password));
        Assert.Equal(id, Assert.Single((await second.Client.Users()).Items).Id);
        await NoneCanGo(second, id, alone: true);
        // The very last account takes nobody's administrator away; the next one is it.
        await second.Client.DeleteAccount(new(TestUser.Password));
        using var next = await TestUser.Register(api);
        Assert.True((await next.Client.Me()).Administrator);
    }

    private static async Task NoneCanGo(TestUser administrator, Guid id, bool alone = false)
    {
        await administrator.Client.PatchUser(id, new(Administrator: false)).IsRefused(HttpStatusCode.Conflict);
        await administrator.Client.PatchUser(id, new(Disabled: true)).IsRefused(HttpStatusCode.Conflict);
        if (!alone)
        {
            await administrator.Client.DeleteAccount(new(TestUser.Password)).IsRefused(HttpStatusCode.Conflict);
        }

        Assert.True((await administrator.Client.Me()).Administrator);
    }
}
