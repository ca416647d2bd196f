using MudBlazor;

namespace Slipway.Web.Words;

/// <summary>What somebody did, and how it went, in words.</summary>
static class AuditWords
{
    private static readonly Dictionary<string, string> Actions = new()
    {
        ["account.register"] = "Made an account",
        ["administrator.setup"] = "Became the first administrator by the set-up link",
        ["account.confirm"] = "Confirmed their address",
        ["account.resend"] = "Asked for the confirmation again",
        ["account.login"] = "Signed in",
        ["account.connect"] = "Connected their account with the identity provider",
        ["provider.sign-in"] = "Signed in with the identity provider",
        ["provider.role.give"] = "Got a role by their groups",
        ["provider.role.take"] = "Lost a role with their groups",
        ["provider.role.keep"] = "Kept a role that their groups no longer give",
        ["provider.administrator.give"] = "Became an administrator by their groups",
        ["provider.administrator.take"] = "Was an administrator by their groups",
        ["provider.administrator.keep"] = "Stayed an administrator without their groups",
        ["account.refresh"] = "Stayed signed in",
        ["account.logout"] = "Signed out",
        ["account.delete"] = "Deleted their account",
        ["password.change"] = "Changed their password",
        ["password.forgot"] = "Asked for a new password",
        ["password.reset"] = "Chose a new password by e-mail",
        ["session.end"] = "Signed a device out",
        ["two-factor.setup"] = "Began to set two-factor up",
        ["two-factor.enable"] = "Turned two-factor on",
        ["two-factor.disable"] = "Turned two-factor off",
        ["two-factor.recovery-codes"] = "Made new recovery codes",
        ["token.create"] = "Made an access token",
        ["token.revoke"] = "Revoked an access token",
        ["invitation.accept"] = "Accepted an invitation",
        ["collaborator.put"] = "Added a collaborator or changed a role",
        ["collaborator.remove"] = "Removed a collaborator",
        ["collaborator.leave"] = "Left the project",
        ["project.create"] = "Made the project",
        ["project.delete"] = "Deleted the project",
        ["project.quota"] = "Set the project's limits",
        ["app.deploy"] = "Deployed an app",
        ["app.change"] = "Changed an app",
        ["app.rollback"] = "Rolled an app back",
        ["app.restart"] = "Restarted an app",
        ["app.stop"] = "Stopped an app",
        ["app.start"] = "Started an app",
        ["app.delete"] = "Deleted an app",
        ["alert.silence"] = "Silenced an alert",
        ["alert.unsilence"] = "Ended a silence",
        ["alert.threshold"] = "Changed what an alert is raised at",
        ["channel.create"] = "Made a notification channel",
        ["channel.change"] = "Changed a notification channel",
        ["channel.delete"] = "Deleted a notification channel",
        ["channel.test"] = "Tested a notification channel",
        ["delivery.retry"] = "Had a message tried again",
        ["delivery.discard"] = "Threw an undelivered message away",
        ["registry.put"] = "Signed in to a registry",
        ["registry.delete"] = "Signed out of a registry",
        ["user.patch"] = "Changed an account",
    };

    /// <summary>An action in words; one that this portal does not know yet by its own name.</summary>
    public static string Say(string action) => Actions.GetValueOrDefault(action, action);

    /// <summary>How it went, by the HTTP status of the answer.</summary>
    public static string Result(int status) => status switch
    {
        < 400 => "done",
        < 500 => "refused",
        _ => "failed",
    };

    public static string Css(int status) => status switch
    {
        < 400 => "good",
        < 500 => "careful",
        _ => "bad",
    };

    public static string Icon(int status) => status switch
    {
        < 400 => Icons.Material.Rounded.Check,
        < 500 => Icons.Material.Rounded.Block,
        _ => Icons.Material.Rounded.PriorityHigh,
    };
}
