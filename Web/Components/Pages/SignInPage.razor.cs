using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>Signs in. A plain form rather than a live page, because it sets a cookie.</summary>
public sealed partial class SignInPage
{
    private string? problem;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private ApiClients Clients { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "sign-in")]
    private Credentials? Form { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery]
    private string? Reason { get; set; }

    private string? Sentence => problem ?? Reason switch
    {
        "ended" => "Your session has ended. Sign in to go on where you were.",
        "signed-out" => "You are signed out.",
        _ => null,
    };

    private string RegisterLink => ReturnUrl is null ? "/register" : $"/register?returnUrl={Uri.EscapeDataString(ReturnUrl)}";

    protected override void OnInitialized()
    {
        // With a reason the cookie may still look valid here, though the API has ended its session.
        if (HttpMethods.IsGet(Context.Request.Method) && Context.User.Identity?.IsAuthenticated is true && Reason is null)
        {
            Navigation.NavigateTo(SessionEndpoints.LocalPath(ReturnUrl));
        }
    }

    private async Task Submit()
    {
        try
        {
            var tokens = await Clients.Anonymous().Login(new(Form?.Email?.Trim() ?? "", Form?.Password ?? ""), Context.RequestAborted);
            await Context.SignIn(tokens, await Clients.With(tokens).Me(Context.RequestAborted));
        }
        catch (SlipwayApiException e)
        {
            problem = e.Status is HttpStatusCode.BadRequest && e.Errors.Count > 0
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
    }
}
