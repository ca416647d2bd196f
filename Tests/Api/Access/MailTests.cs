using System.Diagnostics;
using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>What is done by e-mail: confirming an address, a new password, an invitation.</summary>
public sealed class MailTests(Platform platform) : PlatformTest(platform)
{
    private const string Another = "Another-Horse-8-Battery";

    [Fact]
    public async Task An_address_is_confirmed_by_the_link_that_is_sent_to_it_and_the_link_works_once()
    {
        var (mail, _, api) = await Start();
        using var http = api.Http();
        var (client, email) = (new SlipwayClient(http), Names.Email());
        Assert.True((await client.Register(new(email, TestUser.Password))).ConfirmEmail);
        Assert.Equal(HttpStatusCode.Forbidden, await Refused(() => client.Login(new(email, TestUser.Password))));

        var code = MailServer.Code(await mail.Message(email, "Confirm your address"));
        await client.ResendConfirmation(new(email));
        var second = await Wait.For("the second message", _ => Task.FromResult(mail.Received.Where(m => MailServer.IsTo(m, email)).ToList()), all => all.Count == 2, describe: all => $"{all.Count} messages");
        Assert.Equal(HttpStatusCode.BadRequest, await Refused(() => client.ConfirmEmail(new(code))));
        await client.ConfirmEmail(new(MailServer.Code(second[^1])));
        Assert.Equal(HttpStatusCode.BadRequest, await Refused(() => client.ConfirmEmail(new(MailServer.Code(second[^1])))));

        Assert.NotEmpty((await client.Login(new(email, TestUser.Password))).AccessToken);
    }

    [Fact]
    public async Task Who_registers_with_an_address_that_has_an_account_learns_nothing_and_its_owner_is_told()
    {
        var (mail, _, api) = await Start();
        using var http = api.Http();
        var (client, email) = (new SlipwayClient(http), Names.Email());
        var first = await client.Register(new(email, TestUser.Password));
        await client.ConfirmEmail(new(MailServer.Code(await mail.Message(email, "Confirm your address"))));

        Assert.Equal(first, await client.Register(new(email, Another)));

        Assert.Contains("/forgot-password", (await mail.Message(email, "already")).TextBody);
        Assert.Equal(HttpStatusCode.Unauthorized, await Refused(() => client.Login(new(email, Another))));
        Assert.NotEmpty((await client.Login(new(email, TestUser.Password))).AccessToken);
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_a_link_that_works_once_and_signs_everybody_out()
    {
        var (mail, database, api) = await Start();
        using var user = await Confirmed(api, mail);
        using var http = api.Http();
        var client = new SlipwayClient(http);
        await client.ForgotPassword(new(Names.Email()));
        await client.ForgotPassword(new(user.Email));
        var code = MailServer.Code(await mail.Message(user.Email, "new password"));

        Assert.Equal(HttpStatusCode.BadRequest, await Refused(() => client.ResetPassword(new(code, "short"))));
        await client.ResetPassword(new(code, Another));

        Assert.Equal(HttpStatusCode.BadRequest, await Refused(() => client.ResetPassword(new(code, Another))));
        Assert.Equal(HttpStatusCode.Unauthorized, await Refused(() => user.Client.Me()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Refused(() => client.Login(new(user.Email, TestUser.Password))));
        Assert.NotEmpty((await client.Login(new(user.Email, Another))).AccessToken);
        await mail.Message(user.Email, "was changed");
        Assert.DoesNotContain(mail.Received, m => !MailServer.IsTo(m, user.Email));
        Assert.Equal(0, await database.Scalar<long>("SELECT count(*) FROM account_codes"));
    }

    [Fact]
    public async Task An_invitation_by_e_mail_proves_the_address_and_is_accepted_once()
    {
        var (mail, _, api) = await Start();
        using var creator = await Confirmed(api, mail);
        var (project, email) = (await creator.NewProject("invite"), Names.Email());

        var clock = Stopwatch.StartNew();
        var invited = await creator.Client.PutCollaborator(project, email, new(Role.Editor));
        Assert.True(invited is { Invited: true, InvitationCode: null, Role: Role.Editor });
        var message = await mail.Message(email, "invites you");
        // At once, and not when the sender looks the next time.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
        Assert.Contains(creator.Email, message.Subject);
        var code = MailServer.Code(message);

        using var guest = await TestUser.Register(api, email: email, invitation: code);
        Assert.Equal((project, Role.Editor), await guest.Client.AcceptInvitation(new(code)) is var view ? (view.Name, view.Role) : default);
        Assert.Equal(HttpStatusCode.BadRequest, await Refused(() => guest.Client.AcceptInvitation(new(code))));
    }

    [Fact]
    public async Task A_message_waits_for_a_server_that_is_busy_and_for_a_restart()
    {
        var (mail, database, api) = await Start();
        mail.IsBusy = true;
        using var http = api.Http();
        var (client, email) = (new SlipwayClient(http), Names.Email());
        await client.Register(new(email, TestUser.Password));
        await Wait.Until("an attempt to send", async _ => await database.Scalar<long>("SELECT count(*) FROM mails WHERE attempts > 0") == 1);

        await api.KillHard();
        mail.IsBusy = false;
        await api.Restart();
        await api.Ready();

        await client.ConfirmEmail(new(MailServer.Code(await mail.Message(email, "Confirm your address"))));
        await Wait.Until("the message to be forgotten", async _ => await database.Scalar<long>("SELECT count(*) FROM mails") == 0);
        Assert.Single(mail.Received);
    }

    private async Task<(MailServer Mail, TestDatabase Database, ApiProcess Api)> Start()
    {
        var mail = Own(new MailServer());
        var database = Own(await TestDatabase.Create());
        return (mail, database, Own(await ApiProcess.Start(database, settings: mail.Settings)));
    }

    private static Task<TestUser> Confirmed(ApiProcess api, MailServer mail) => TestUser.Register(api, async user =>
        await user.Client.ConfirmEmail(new(MailServer.Code(await mail.Message(user.Email, "Confirm your address")))));

    private static async Task<HttpStatusCode> Refused(Func<Task> call) => (await Assert.ThrowsAsync<SlipwayApiException>(call)).Status;
}
