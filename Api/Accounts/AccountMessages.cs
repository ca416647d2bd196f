using Microsoft.Extensions.Options;
using Slipway.Api.Mail;
using Slipway.Api.Storage;
using Slipway.ServiceDefaults;

namespace Slipway.Api.Accounts;

/// <summary>The messages about accounts.</summary>
public sealed class AccountMessages(Mailbox mailbox, AccountCodes codes, IOptions<PublicAddress> address)
{
    /// <summary>Whether e-mail can be sent.</summary>
    public bool IsOn => mailbox.IsOn;

    /// <summary>A link that confirms the address.</summary>
    public async Task Confirm(User user, CancellationToken cancel) => await mailbox.Send(user.Email!, "Confirm your address for Slipway",
        $"""
        Somebody, hopefully you, made an account at Slipway with this address.

        To confirm that it is yours, open this link within a day:
        {Link("/confirm-email", await codes.Issue(user.Id, CodePurpose.ConfirmEmail, cancel))}

        If it was not you, do nothing: without this the account cannot be used.
        """, cancel);

    /// <summary>To somebody who registers with an address that has an account.</summary>
    public Task HasAccount(User user, CancellationToken cancel) => mailbox.Send(user.Email!, "You have an account at Slipway already",
        $"""
        Somebody, hopefully you, tried to make an account at Slipway with this address, which has one already.

        Sign in: {address.Value.Link("/sign-in")}
        If you have forgotten your password, choose another one: {address.Value.Link("/forgot-password")}

        If it was not you, do nothing: nothing has changed.
        """, cancel);

    /// <summary>A link to choose a new password.</summary>
    public async Task Reset(User user, CancellationToken cancel) => await mailbox.Send(user.Email!, "Choose a new password for Slipway",
        $"""
        Somebody, hopefully you, asked for a new password for your account at Slipway.

        To choose one, open this link within an hour:
        {Link("/reset-password", await codes.Issue(user.Id, CodePurpose.ResetPassword, cancel))}

        If it was not you, do nothing: your password stays as it is.
        """, cancel);

    /// <summary>Tells the owner that the password is another one now.</summary>
    public Task PasswordChanged(User user, CancellationToken cancel) => !IsOn ? Task.CompletedTask : mailbox.Send(user.Email!, "Your password for Slipway was changed",
        $"""
        The password of your account at Slipway was changed, and all other devices were signed out.

        If it was not you, choose a new one at once: {address.Value.Link("/forgot-password")}
        """, cancel);

    /// <summary>Tells the owner that an identity provider signs in to the account from now on, too.</summary>
    public Task Connected(User user, string provider, CancellationToken cancel) => !IsOn ? Task.CompletedTask : mailbox.Send(user.Email!, $"Your account at Slipway is connected with {provider}",
        $"""
        Somebody, hopefully you, has signed in to your account at Slipway with {provider}, which says that this address is theirs. From now on
        the account can be signed in to that way.

        If it was not you, tell the administrator of the platform.
        """, cancel);

    /// <summary>An invitation to a project.</summary>
    public Task Invite(string email, string project, string role, string by, string code, CancellationToken cancel) => mailbox.Send(email, $"{by} invites you to '{project}' at Slipway",
        $"""
        {by} invites you to the project '{project}' at Slipway, as {role}.

        To accept, open this link within 7 days and sign in with this address, or make an account with it:
        {Link("/invitation", code)}

        If you do not know what this is about, do nothing.
        """, cancel);

    private string Link(string path, string code) => address.Value.Link($"{path}?code={code}");
}
