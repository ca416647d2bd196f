using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Forms;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>Makes an account and signs it in.</summary>
public sealed partial class RegisterPage
{
    private readonly FieldErrors errors = new();
    private string? problem;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [Inject]
    private ApiClients Clients { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "register")]
    private Account? Form { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    private string SignInLink =>
        ReturnUrl is null ? SessionEndpoints.SignInPath : $"{SessionEndpoints.SignInPath}?returnUrl={Uri.EscapeDataString(ReturnUrl)}";

    private string? Invalid(string field) => errors[field] is null ? null : "true";

    private async Task Submit()
    {
        var (email, password) = (Form?.Email?.Trim() ?? "", Form?.Password ?? "");
        try
        {
            var api = Clients.Anonymous();
            var me = await api.Register(new(email, password), Context.RequestAborted);
            await Context.SignIn(await api.Login(new(email, password), Context.RequestAborted), me);
        }
        catch (SlipwayApiException e)
        {
            errors.Show(e.Errors);
            var besides = errors.Besides("email", "password");
            problem = e.Errors.Count == 0 ? e.Message : besides.Count > 0 ? string.Join(' ', besides) : null;
            return;
        }

        Navigation.NavigateTo(SessionEndpoints.LocalPath(ReturnUrl));
    }

    private sealed class Account
    {
        public string? Email { get; set; }

        public string? Password { get; set; }
    }
}
