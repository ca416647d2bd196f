using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>
/// Makes an account and signs it in, or says that the address has to be confirmed first. The API answers the same for an address that has
/// an account, so the password decides whether somebody is told so.
/// </summary>
public sealed partial class RegisterPage
{
    private string? sentTo;
    private bool taken;

    [SupplyParameterFromForm(FormName = "register")]
    private Account? Form { get; set; }

    [SupplyParameterFromQuery]
    private string? Invitation { get; set; }

    [SupplyParameterFromQuery]
    private string? Setup { get; set; }

    // Whoever comes with an invitation goes on to accept it.
    private string? GoOn => ReturnUrl ?? (Invitation is null ? null : Paths.Invitation(Invitation));

    private string SignInLink => LinkTo(SessionEndpoints.SignInPath, GoOn);

    protected override Task OnInitializedAsync() => LeaveWithoutPasswords(GoOn);

    private async Task Submit()
    {
        var (email, password) = (Form?.Email?.Trim() ?? "", Form?.Password ?? "");
        var api = Clients.Anonymous(Context);
        Registered? registered = null;
        var request = new RegisterRequest(email, password)
        {
            Invitation = string.IsNullOrWhiteSpace(Invitation) ? null : Invitation,
            SetupToken = string.IsNullOrWhiteSpace(Setup) ? null : Setup,
        };
        if (!await Do(async () => registered = await api.Register(request, Context.RequestAborted), "email", "password"))
        {
            return;
        }

        if (registered!.ConfirmEmail)
        {
            sentTo = email;
        }
        else if (await Do(() => SignIn(api, new(email, password))) && !taken)
        {
            Navigation.NavigateTo(SessionEndpoints.LocalPath(GoOn));
        }
    }

    private async Task SignIn(SlipwayClient api, LoginRequest request)
    {
        try
        {
            var tokens = await api.Login(request, Context.RequestAborted);
            await Context.SignIn(tokens, await Clients.With(Context, tokens).Me(Context.RequestAborted));
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Unauthorized)
        {
            taken = true;
        }
    }

    private sealed class Account
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
