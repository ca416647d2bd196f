using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>What is taken away from somebody is gone at once, also where they are listening already.</summary>
public sealed class EffectTests(Platform platform, EffectStage stage) : PlatformTest(platform), IClassFixture<EffectStage>
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private TestUser Administrator => stage.Administrator;

    [Fact]
    public async Task Who_is_removed_from_the_project_hears_no_more_of_it()
    {
        using var guest = await Guest();
        await StreamsEnd(guest, HttpStatusCode.NotFound, () => Administrator.Client.RemoveCollaborator(stage.Project, guest.Email));
        await guest.Client.Me();
    }

    [Fact]
    public async Task Who_leaves_the_project_hears_no_more_of_it()
    {
        using var guest = await Guest();
        await StreamsEnd(guest, HttpStatusCode.NotFound, () => guest.Client.LeaveProject(stage.Project));
    }

    [Fact]
    public async Task A_session_that_is_ended_hears_no_more_and_the_person_s_others_do()
    {
        using var phone = await Guest();
        using var laptop = phone.At(stage.Api);
        await laptop.SignIn();
        var ended = Assert.Single((await laptop.Client.Sessions()).Items, s => !s.Current);
        await StreamsEnd(phone, HttpStatusCode.Unauthorized, () => laptop.Client.EndSession(ended.Id), goesOn: laptop);
    }

    [Fact]
    public async Task Another_password_ends_what_the_other_sessions_hear()
    {
        using var phone = await Guest();
        using var laptop = phone.At(stage.Api);
        await laptop.SignIn();
        await StreamsEnd(phone, HttpStatusCode.Unauthorized, () => laptop.Client.ChangePassword(new(TestUser.Password, "Another-Horse-8-Staple")), goesOn: laptop);
    }

    [Fact]
    public async Task An_account_that_is_disabled_hears_no_more()
    {
        using var guest = await Guest();
        var id = (await guest.Client.Me()).Id;
        await StreamsEnd(guest, HttpStatusCode.Unauthorized, () => Administrator.Client.PatchUser(id, new(Disabled: true)));
    }

    [Fact]
    public async Task A_program_whose_token_is_revoked_hears_no_more_and_its_owner_does()
    {
        using var guest = await Guest();
        var token = await guest.Client.CreateToken(new("listens", Role.Viewer, 1) { Project = stage.Project, Actions = [Permission.ViewProject, Permission.ReadLogs] });
        using var program = guest.Program(stage.Api, token);
        await StreamsEnd(program, HttpStatusCode.Unauthorized, () => guest.Client.RevokeToken(token.Token.Id), goesOn: guest);
    }

    [Fact]
    public async Task A_program_whose_owner_is_disabled_hears_no_more()
    {
        using var guest = await Guest();
        using var program = guest.Program(stage.Api, await guest.Client.CreateToken(new("listens", Role.Viewer, 1)));
        var id = (await guest.Client.Me()).Id;
        await StreamsEnd(program, HttpStatusCode.Unauthorized, () => Administrator.Client.PatchUser(id, new(Disabled: true)));
    }

    [Fact]
    public async Task An_administrator_who_is_one_no_more_hears_no_more_of_other_people_s_projects()
    {
        using var second = await TestUser.Register(stage.Api);
        var id = (await second.Client.Me()).Id;
        await Administrator.Client.PatchUser(id, new(Administrator: true));
        await StreamsEnd(second, HttpStatusCode.NotFound, () => Administrator.Client.PatchUser(id, new(Administrator: false)));
    }

    private async Task StreamsEnd(TestUser listening, HttpStatusCode refusal, Func<Task> cause, TestUser? goesOn = null)
    {
        using var listener = await Listener.To(listening, stage.Project, EffectStage.App);
        using var other = await Listener.To(goesOn ?? Administrator, stage.Project, EffectStage.App);
        Assert.Equal(2, listener.Open.Count());

        await cause();
        foreach (var path in (string[])["", "/apps", $"/apps/{EffectStage.App}/logs", "/events"])
        {
            using var answer = await listening.Http.GetAsync($"/api/projects/{stage.Project}{path}", HttpCompletionOption.ResponseHeadersRead);
            await answer.IsProblem(refusal);
        }

        await listener.Ends(AtOnce);
        var lines = other.Lines;
        await Wait.Until("the others to go on hearing", _ => Task.FromResult(other.Lines > lines + 2), TimeSpan.FromSeconds(10));
        Assert.Equal(2, other.Open.Count());
    }

    private async Task<TestUser> Guest()
    {
        var guest = await TestUser.Register(stage.Api);
        await Administrator.Client.PutCollaborator(stage.Project, guest.Email, new(Role.Viewer));
        return guest;
    }
}
