using System.Net;
using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

public sealed class AccountTests(Platform platform) : PlatformTest(platform)
{
    private const string AnotherPassword = "Another-Horse-8-Staple";

    [Fact]
    public async Task Registering_an_address_twice_is_answered_like_the_first_time_and_changes_nothing()
    {
        using var http = (await Platform.Api()).Http();
        var email = Names.Email();
        var answers = new List<(HttpStatusCode, string, string)>();
        foreach (var (address, password) in ((string, string)[])[(email, TestUser.Password), (email, AnotherPassword), (email.ToUpperInvariant(), AnotherPassword)])
        {
            using var answer = await http.PostAsync("/api/account/register", Json(new RegisterRequest(address, password)));
            answers.Add((answer.StatusCode, await answer.Content.ReadAsStringAsync(), string.Join(", ", answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).Order())));
        }

        Assert.Equal(HttpStatusCode.Accepted, answers[0].Item1);
        Assert.Contains("\"confirmEmail\":false", answers[0].Item2, StringComparison.Ordinal);
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        using var old = await http.SignIn(email, TestUser.Password);
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
        using var other = await http.SignIn(email, AnotherPassword);
        await other.IsProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Those_who_register_an_address_at_the_same_moment_are_all_answered_alike_and_one_has_made_the_account()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var http = api.Http();
        for (var i = 0; i < 10; i++)
        {
            var email = Names.Email();
            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => http.PostAsync("/api/account/register", Json(new RegisterRequest(email, TestUser.Password)))));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
            using var signedIn = await http.SignIn(email, TestUser.Password);
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        }

        Assert.Equal(10, await database.Scalar<long>("SELECT count(*) FROM users"));
        Assert.Equal(1, await database.Scalar<long>("SELECT count(*) FROM users WHERE is_administrator"));
    }

    [Fact]
    public async Task What_needs_something_that_is_removed_in_the_same_moment_is_a_conflict_and_keeps_nothing()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        using var user = await TestUser.Register(api);
        await using var other = await database.Source.OpenConnectionAsync();
        await using var removal = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("DELETE FROM users", other, removal))
        {
            await command.ExecuteNonQueryAsync();
        }

        var asking = user.SendJson(HttpMethod.Post, "/api/account/tokens", new CreateToken("ci", Role.Editor, 1));
        await Wait.For("the request to come upon the removal", async _ => await database.Scalar<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            waiting => waiting > 0);
        await removal.CommitAsync();
        using var answer = await asking;
        await answer.IsProblem(HttpStatusCode.Conflict);
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM access_tokens"));
    }

    [Theory]
    [InlineData("somebody@example.com", "seven77", "password")]
    [InlineData("somebody@example.com", "with\0nul", "password")]
    [InlineData("@example.com", TestUser.Password, "email")]
    [InlineData("somebody@", TestUser.Password, "email")]
    [InlineData("some\tbody@example.com", TestUser.Password, "email")]
    [InlineData("nul\0@example.com", TestUser.Password, "email")]
    [InlineData("nobody", "short", "email", "password")]
    public async Task A_registration_that_cannot_be_names_every_field_that_is_wrong(string email, string password, params string[] fields)
    {
        using var http = (await Platform.Api()).Http();
        using var answer = await http.PostAsync("/api/account/register", Json(new RegisterRequest(email, password)));
        var problem = await answer.NamesField(fields[0]);
        Assert.Equal(fields, problem.Errors.Keys.Order());
    }

    [Fact]
    public async Task An_address_of_254_characters_can_register_and_a_longer_one_cannot()
    {
        using var http = (await Platform.Api()).Http();
        var longest = Names.Email().PadLeft(254, 'x');
        using var fits = await http.PostAsync("/api/account/register", Json(new RegisterRequest(longest, TestUser.Password)));
        Assert.Equal(HttpStatusCode.Accepted, fits.StatusCode);
        using var tooLong = await http.PostAsync("/api/account/register", Json(new RegisterRequest("x" + longest, TestUser.Password)));
        await tooLong.NamesField("email");
    }

    [Fact]
    public async Task A_refresh_token_that_is_shown_again_ends_its_session_and_no_other()
    {
        using var phone = await Platform.NewUser();
        using var laptop = phone.At(await Platform.Api());
        await laptop.SignIn();
        var fresh = await phone.Client.Refresh(new(phone.Tokens.RefreshToken));
        await phone.Client.Me();

        await phone.Client.Refresh(new(phone.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await phone.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await phone.Client.Refresh(new(fresh.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await laptop.Client.Me();
        await laptop.Client.Refresh(new(laptop.Tokens.RefreshToken));
    }

    [Fact]
    public async Task Sessions_are_listed_with_their_device_and_ending_one_signs_it_out_at_its_next_request()
    {
        using var phone = await Platform.NewUser();
        using var laptop = phone.At(await Platform.Api());
        laptop.Http.DefaultRequestHeaders.UserAgent.ParseAdd("Laptop/1.0 (a test)");
        await laptop.SignIn();

        var sessions = (await phone.Client.Sessions()).Items;
        Assert.Equal(2, sessions.Count);
        var own = Assert.Single(sessions, s => s.Current);
        var other = Assert.Single(sessions, s => !s.Current);
        Assert.Equal((null, "Laptop/1.0 (a test)"), (own.Device, other.Device));
        Assert.Equal("127.0.0.1", other.Address);
        Assert.InRange(other.SeenAt, own.SeenAt, DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(other.Id, Assert.Single((await laptop.Client.Sessions()).Items, s => s.Current).Id);

        await phone.Client.EndSession(other.Id);
        await laptop.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await laptop.Client.Refresh(new(laptop.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        Assert.Equal(own.Id, Assert.Single((await phone.Client.Sessions()).Items).Id);
    }

    [Fact]
    public async Task Somebody_else_s_session_cannot_be_ended_and_is_not_listed()
    {
        using var user = await Platform.NewUser();
        using var stranger = await Platform.NewUser();
        var session = Assert.Single((await user.Client.Sessions()).Items);
        await stranger.Client.EndSession(session.Id).IsRefused(HttpStatusCode.NotFound);
        Assert.DoesNotContain((await stranger.Client.Sessions()).Items, s => s.Id == session.Id);
        await user.Client.Me();
    }

    [Fact]
    public async Task Another_password_ends_all_sessions_but_the_one_that_asked_for_it()
    {
        using var phone = await Platform.NewUser();
        using var laptop = phone.At(await Platform.Api());
        await laptop.SignIn();

        var refusal = await phone.Client.ChangePassword(new(SignIns.WrongPassword, AnotherPassword)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["current"], refusal.Errors.Keys);
        refusal = await phone.Client.ChangePassword(new(TestUser.Password, "short")).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["password"], refusal.Errors.Keys);
        await laptop.Client.Me();

        await phone.Client.ChangePassword(new(TestUser.Password, AnotherPassword));
        await phone.Client.Me();
        await phone.Client.Refresh(new(phone.Tokens.RefreshToken));
        await laptop.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await laptop.Client.Refresh(new(laptop.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await laptop.SignIn().IsRefused(HttpStatusCode.Unauthorized);
        await laptop.Client.Login(new(laptop.Email, AnotherPassword));
    }

    [Fact]
    public async Task An_account_is_deleted_with_its_password_and_leaves_no_project_without_a_creator()
    {
        // Not the first account, which is the administrator's.
        using var other = await Platform.NewUser();
        using var user = await Platform.NewUser();
        var project = await user.NewProject("last");

        var refusal = await user.Client.DeleteAccount(new(SignIns.WrongPassword)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["password"], refusal.Errors.Keys);
        refusal = await user.Client.DeleteAccount(new(TestUser.Password)).IsRefused(HttpStatusCode.Conflict);
        Assert.Contains(project, refusal.Message, StringComparison.Ordinal);
        await user.Client.Me();

        await user.Client.PutCollaborator(project, other.Email, new(Role.Creator));
        await user.Client.DeleteAccount(new(TestUser.Password));
        await user.Client.Me().IsRefused(HttpStatusCode.Unauthorized);
        await user.Client.Refresh(new(user.Tokens.RefreshToken)).IsRefused(HttpStatusCode.Unauthorized);
        await user.SignIn().IsRefused(HttpStatusCode.Unauthorized);
        Assert.Equal(other.Email, Assert.Single((await other.Client.Collaborators(project)).Items).Email);

        // The address is free again, and what it was before is forgotten.
        using var again = await TestUser.Register(await Platform.Api(), email: user.Email);
        Assert.Equal(0, (await again.Client.Projects()).Total);
        await other.Client.DeleteProject(project);
    }

    private static StringContent Json<T>(T value) =>
        new(System.Text.Json.JsonSerializer.Serialize(value, SlipwayJson.Options), System.Text.Encoding.UTF8, "application/json");
}
