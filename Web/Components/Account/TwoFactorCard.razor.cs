using System.Text;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Forms;

namespace Slipway.Web.Components.Account;

/// <summary>Turns two-factor sign-in on and off.</summary>
public sealed partial class TwoFactorCard
{
    private readonly FieldErrors errors = new();
    private Me? me;
    private TwoFactorSetup? setup;
    private IReadOnlyList<string>? codes;
    private string digits = "";
    private string? trouble;
    private bool busy;

    // As an image it is drawn and nothing else: an SVG inside an img element runs no scripts and loads nothing.
    private string QrCode => $"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(setup!.QrCode))}";

    protected override Task OnInitializedAsync() => Load();

    private async Task Load()
    {
        try
        {
            (me, trouble) = (await Api.Me(Leaving), null);
        }
        catch (SlipwayApiException e)
        {
            trouble = e.Message;
        }
        catch (OperationCanceledException)
        {
            // Left.
        }
    }

    private Task SetUp() => AskPassword(
        "Set two-factor up", "First your password, so that nobody else does it at a screen that you have left.", "Go on", dangerous: false,
        async password => setup = await Api.SetUpTwoFactor(new(password), Leaving),
        () => digits = "");

    private Task NewCodes() => AskPassword(
        "Make new recovery codes?", "The ones that you have stop working.", "Make new codes", dangerous: false,
        async password => codes = (await Api.NewRecoveryCodes(new(password), Leaving)).Codes);

    private Task Disable() => AskPassword(
        "Turn two-factor off?", "Then your password alone signs in, and your recovery codes stop working.", "Turn it off", dangerous: true,
        password => Api.DisableTwoFactor(new(password), Leaving),
        () => Snackbar.Add("Two-factor sign-in is off.", Severity.Info));

    private async Task Enable()
    {
        if (busy)
        {
            return;
        }

        busy = true;
        errors.Clear("code");
        // Authenticator apps show them with a gap in the middle.
        var code = digits.Replace(" ", "", StringComparison.Ordinal);
        if (await Do(async () => codes = (await Api.EnableTwoFactor(new(code), Leaving)).Codes, errors))
        {
            setup = null;
            await Load();
        }

        busy = false;
    }

    private void Typed(string? text)
    {
        digits = text ?? "";
        errors.Clear("code");
    }

    private async Task AskPassword(string title, string message, string button, bool dangerous, Func<string, Task> action, Action? done = null) =>
        await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, title },
            { d => d.Message, message },
            { d => d.Button, button },
            { d => d.Dangerous, dangerous },
            { d => d.WithPassword, action },
            {
                d => d.Done, () =>
                {
                    done?.Invoke();
                    _ = InvokeAsync(async () =>
                    {
                        await Load();
                        StateHasChanged();
                    });
                }
            },
        });
}
