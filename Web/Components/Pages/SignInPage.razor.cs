using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>Signs in. Where two-factor is on, the same form asks for the code in a second step.</summary>
public sealed partial class SignInPage
{
    // Address and password, sealed, while the second step is shown.
    private string? kept;

    // Address and password are right, and yet: mostly the address is not confirmed.
    private bool refused;
    private SignInWays ways = new(Passwords: true, Provider: null);

    [Inject]
    private SecondStep SecondStep { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "sign-in")]
    private Credentials? Form { get; set; }

    [SupplyParameterFromQuery]
    private string? Reason { get; set; }

    private string? Sentence => Problem ?? Reason switch
    {
        _ when kept is not null => null,
        "ended" => "Your session has ended. Sign in to go on where you were.",
        "signed-out" => "You are signed out.",
        "deleted" => "Your account is deleted.",
        ProviderSignIn.AwayReason => $"{ways.Provider ?? "The identity provider"} does not answer just now. Try again in a moment.",
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        ways = await SignInOptions.Get(Context);
        // With a reason the cookie may still look valid here, though the API has ended its session.
        if (HttpMethods.IsGet(Context.Request.Method) && Context.User.Identity?.IsAuthenticated is true && Reason is null)
        {
            Navigation.NavigateTo(SessionEndpoints.LocalPath(ReturnUrl));
        }
    }

    private async Task Submit()
    {
        var (email, password) = (Form?.Email?.Trim() ?? "", Form?.Password ?? "");
        if (Form?.Kept is { Length: > 0 } text)
        {
            if (SecondStep.Open(text) is not { } opened)
            {
                Problem = $"That took longer than {SecondStep.Lifetime.TotalMinutes:0} minutes. Please begin again.";
                return;
            }

            (kept, email, password) = (text, opened.Email, opened.Password);
        }

        try
        {
            // Authenticator apps show the digits with a gap in the middle.
            var code = Form?.Code?.Replace(" ", "", StringComparison.Ordinal);
            var tokens = await Clients.Anonymous(Context).Login(new(email, password, string.IsNullOrEmpty(code) ? null : code), Context.RequestAborted);
            await Context.SignIn(tokens, await Clients.With(Context, tokens).Me(Context.RequestAborted));
        }
        catch (SlipwayApiException e) when (e.NeedsTwoFactor && kept is null)
        {
            kept = SecondStep.Seal(email, password);
            return;
        }
        catch (SlipwayApiException e)
        {
            refused = e.Status is HttpStatusCode.Forbidden;
            Problem = e.Status is HttpStatusCode.BadRequest && e.Errors.Count > 0
                ? string.Join(' ', e.Errors.SelectMany(field => field.Value))
                : e.Message;
            return;
        }

        Navigation.NavigateTo(SessionEndpoints.LocalPath(ReturnUrl));
    }

    private sealed class Credentials
    {
        public string? Email { get; set; }

        public string? Password { get; set; }

        public string? Kept { get; set; }

        public string? Code { get; set; }
    }
}
