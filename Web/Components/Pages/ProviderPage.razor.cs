using Microsoft.AspNetCore.Components;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>Where the identity provider sends people back to. Whoever is let in goes on to where they were going; the others are told why not.</summary>
public sealed partial class ProviderPage
{
    private string? goOn;

    [Inject]
    private ProviderSignIn Provider { get; set; } = default!;

    [SupplyParameterFromQuery]
    private string? Code { get; set; }

    [SupplyParameterFromQuery]
    private string? State { get; set; }

    [SupplyParameterFromQuery(Name = "iss")]
    private string? Issuer { get; set; }

    [SupplyParameterFromQuery]
    private string? Error { get; set; }

    protected override async Task OnInitializedAsync()
    {
        var begun = Provider.Take(Context);
        goOn = begun?.ReturnUrl;
        if (Error is not null)
        {
            // Its own words are not shown: anybody can write them into an address.
            Problem = Error is "access_denied" ? "You were not let in, or did not agree to be signed in here." : "The sign-in was broken off.";
        }
        else if (begun is null || Code is null || State is null)
        {
            Problem = "This sign-in took too long, was used already, or was begun in another browser. Begin again.";
        }
        else if (await Do(() => SignIn(begun.Request, Code, State)))
        {
            Navigation.NavigateTo(SessionEndpoints.LocalPath(goOn));
        }
        else
        {
            Problem ??= string.Join(' ', Errors.Besides());
        }
    }

    private async Task SignIn(string request, string code, string state)
    {
        var tokens = await Clients.Anonymous(Context).FinishProviderSignIn(new(code, state, request) { Issuer = Issuer }, Context.RequestAborted);
        await Context.SignIn(tokens, await Clients.With(Context, tokens).Me(Context.RequestAborted));
    }
}
