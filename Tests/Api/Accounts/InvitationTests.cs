using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>Invitations where no e-mail can be sent: whoever invites hands the code over.</summary>
public sealed class InvitationTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Who_has_no_account_is_invited_registers_with_the_code_and_accepts_it_once()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("invite"), Names.Email());
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Editor));
        Assert.Equal((email, Role.Editor, true, 1), (invited.Email, invited.Role, invited.Invited, invited.Version));
        Assert.InRange(invited.ExpiresAt!.Value, DateTimeOffset.UtcNow.AddDays(6.9), DateTimeOffset.UtcNow.AddDays(7.1));
        var listed = Assert.Single((await creator.Client.Collaborators(project)).Items, c => c.Invited);
        Assert.Equal((email, Role.Editor, null), (listed.Email, listed.Role, listed.InvitationCode));
        Assert.Equal(invited.ExpiresAt.Value, listed.ExpiresAt!.Value, TimeSpan.FromMilliseconds(1));

        using var person = await TestUser.Register(await Platform.Api(), email: email, invitation: invited.InvitationCode);
        await person.Client.Project(project).IsRefused(HttpStatusCode.NotFound);
        var accepted = await person.Client.AcceptInvitation(new(invited.InvitationCode!));
        Assert.Equal((project, Role.Editor), (accepted.Name, accepted.Role));
        Assert.Equal(Role.Editor, (await person.Client.Project(project)).Role);
        Assert.DoesNotContain((await creator.Client.Collaborators(project)).Items, c => c.Invited);

        await IsNoUse(person, invited);
        await creator.Client.RemoveCollaborator(project, email);
        await IsNoUse(person, invited);
        await person.Client.Project(project).IsRefused(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_the_invited_address_can_accept()
    {
        using var creator = await Platform.NewUser();
        using var other = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("address"), Names.Email());
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Viewer));
        await other.Client.AcceptInvitation(new(invited.InvitationCode!)).IsRefused(HttpStatusCode.Forbidden);
        await other.Client.Project(project).IsRefused(HttpStatusCode.NotFound);

        // Whatever case the address is written in, and the attempt of somebody else has not used it up.
        using var person = await TestUser.Register(await Platform.Api(), email: email.ToUpperInvariant());
        await person.Client.AcceptInvitation(new(invited.InvitationCode!));
    }

    [Fact]
    public async Task Of_many_who_accept_with_one_code_at_the_same_time_one_succeeds()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("once"), Names.Email());
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Viewer));
        using var person = await TestUser.Register(await Platform.Api(), email: email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            person.SendJson(HttpMethod.Post, "/api/account/invitations/accept", new AcceptInvitation(invited.InvitationCode!))));
        Assert.Equal(1, answers.Count(a => a.StatusCode is HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(a => a.StatusCode is HttpStatusCode.BadRequest));
        Assert.Equal(2, (await creator.Client.Collaborators(project)).Total);
    }

    [Fact]
    public async Task An_invitation_that_has_expired_or_was_made_anew_is_no_use()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("old"), Names.Email());
        var first = await Invite();
        var second = await Invite();
        Assert.NotEqual(first.InvitationCode, second.InvitationCode);
        using var invitee = await TestUser.Register(await Platform.Api(), email: email);
        await IsNoUse(invitee, first);

        Assert.Equal(1, await (await Platform.Database()).Scalar<long>(
            "WITH old AS (UPDATE invitations SET expires_at = now() - interval '1 second' WHERE email = $1 RETURNING 1) SELECT count(*) FROM old", email));
        await IsNoUse(invitee, second);
        Assert.Equal(creator.Email, Assert.Single((await creator.Client.Collaborators(project)).Items).Email);
        await invitee.Client.Project(project).IsRefused(HttpStatusCode.NotFound);

        // From now on the address has an account, and takes no invitation any more.
        Assert.False((await Invite()).Invited);
        await creator.Client.RemoveCollaborator(project, email);
        await IsNoUse(invitee, second);

        Task<CollaboratorView> Invite() => creator.Client.PutCollaborator(project, email, new(Role.Viewer));
    }

    [Fact]
    public async Task An_invitation_that_was_withdrawn_is_no_use_and_not_listed()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("withdrawn"), Names.Email());
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Viewer));
        await creator.Client.RemoveCollaborator(project, email);
        Assert.Equal(1, (await creator.Client.Collaborators(project)).Total);
        using var invitee = await TestUser.Register(await Platform.Api(), email: email, invitation: invited.InvitationCode);
        await IsNoUse(invitee, invited);
        await creator.Client.RemoveCollaborator(project, email).IsRefused(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_invitation_to_a_project_that_is_deleted_is_no_use()
    {
        using var creator = await Platform.NewUser();
        var (project, email) = (await creator.NewProject("deleted"), Names.Email());
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Viewer));
        using var invitee = await TestUser.Register(await Platform.Api(), email: email);
        await creator.Client.DeleteProject(project);
        await IsNoUse(invitee, invited);
    }

    private static async Task IsNoUse(TestUser person, CollaboratorView invitation)
    {
        var refusal = await person.Client.AcceptInvitation(new(invitation.InvitationCode!)).IsRefused(HttpStatusCode.BadRequest);
        Assert.Equal(["code"], refusal.Errors.Keys);
    }
}
