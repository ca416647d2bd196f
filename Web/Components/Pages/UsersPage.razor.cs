using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;

namespace Slipway.Web.Components.Pages;

/// <summary>All accounts, for administrators.</summary>
public sealed partial class UsersPage
{
    protected override Task<Page<UserView>> Ask(PageQuery query, CancellationToken cancel) => Api.Users(query, cancel);

    private static IEnumerable<(string Word, string Css, string Hint)> Badges(UserView user)
    {
        if (user.Administrator)
        {
            yield return ("administrator", "info", "May use everything under Administration");
        }

        if (user.TwoFactor)
        {
            yield return ("two-factor", "good", "Signs in with an authenticator's code, too");
        }

        if (!user.Confirmed)
        {
            yield return ("unconfirmed", "careful", "Has not confirmed the address yet");
        }

        if (user.Locked)
        {
            yield return ("locked", "careful", "Too many wrong passwords: closed for some minutes");
        }

        if (user.Disabled)
        {
            yield return ("disabled", "bad", "Is signed out everywhere and cannot sign in");
        }
    }

    private Task Disable(UserView user) => Confirm(
        user, new(Disabled: true), $"Disable {user.Email}?", "They are signed out everywhere at once, their access tokens stop working, and they cannot sign in. Their apps go on running.",
        "Disable", dangerous: true);

    private Task Enable(UserView user) => Confirm(
        user, new(Disabled: false), $"Enable {user.Email}?", "They can sign in again, with all that they had.", "Enable", dangerous: false);

    private Task Vouch(UserView user) => Confirm(
        user, new(Confirmed: true), $"Is {user.Email} theirs?",
        "Only where you know who made this account. Whoever has the address may then sign in to it through the identity provider, and whoever made it may use it.", "Confirm the address", dangerous: false);

    private Task Make(UserView user) => Confirm(
        user, new(Administrator: true), $"Make {user.Email} an administrator?",
        "They see every account, every project and all that was done, can disable accounts, and can make other administrators.", "Make an administrator", dangerous: true);

    private Task Unmake(UserView user) => Confirm(
        user, new(Administrator: false), $"Is {user.Email} no administrator any more?", "They keep their account and their own projects.", "No administrator any more", dangerous: true);

    private async Task Confirm(UserView user, PatchUser patch, string title, string message, string button, bool dangerous) =>
        await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, title },
            { d => d.Message, message },
            { d => d.Button, button },
            { d => d.Dangerous, dangerous },
            { d => d.Action, () => Api.PatchUser(user.Id, patch, Leaving) },
            { d => d.Done, () => _ = InvokeAsync(LoadAndShow) },
        });
}
