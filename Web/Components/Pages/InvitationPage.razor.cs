using System.Net;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>Accepts an invitation to a project, once its reader is signed in.</summary>
public sealed partial class InvitationPage
{
    private SignInWays ways = new(Passwords: true, Provider: null);

    [SupplyParameterFromQuery]
    private string? Code { get; set; }

    private string? Person => Context.User.Identity is { IsAuthenticated: true, Name: var name } ? name : null;

    private string Here => Paths.Invitation(Code ?? "");

    protected override async Task OnInitializedAsync()
    {
        ways = await SignInOptions.Get(Context);
        // The session ended while the page was open.
        if (HttpMethods.IsPost(Context.Request.Method) && Person is null)
        {
            GoToSignIn();
        }
    }

    private async Task Accept()
    {
        ProjectView? project = null;
        var ended = false;
        if (await Do(async () =>
        {
            try
            {
                project = await Clients.For(Context).AcceptInvitation(new(Code ?? ""), Context.RequestAborted);
            }
            catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Unauthorized)
            {
                ended = true;
            }
        }) && project is not null)
        {
            Navigation.NavigateTo(Paths.Project(project.Name));
        }
        else if (ended)
        {
            GoToSignIn();
        }
    }

    private void GoToSignIn() => Navigation.NavigateTo(LinkTo($"{SessionEndpoints.SignInPath}?{SessionEndpoints.EndedQuery}", Here));
}
