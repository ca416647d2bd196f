using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Live;
using Slipway.Web.Words;

namespace Slipway.Web.Components.Pages;

/// <summary>Who is in a project and who is invited to it; the project's creators change that.</summary>
public sealed partial class CollaboratorsPage
{
    // The last invitation whose link has to be handed over by hand.
    private CollaboratorView? invited;
    private string? me;
    private bool busy;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private Ticker Ticker { get; set; } = default!;

    protected override Task<Page<CollaboratorView>> Ask(PageQuery query, CancellationToken cancel) => Api.Collaborators(Project, query, cancel);

    protected override async Task OnParametersSetAsync()
    {
        me = (await Authentication).User.Identity?.Name;
        await base.OnParametersSetAsync();
    }

    private static string RemoveWord(CollaboratorView person) => person.Invited ? "Withdraw" : "Remove";

    private bool IsMe(CollaboratorView person) => !person.Invited && string.Equals(person.Email, me, StringComparison.OrdinalIgnoreCase);

    private bool Expired(CollaboratorView person) => person.ExpiresAt <= Ticker.Now;

    private string InvitationLink(string code) => Navigation.ToAbsoluteUri(Paths.Invitation(code)).AbsoluteUri;

    private async Task Invited(CollaboratorView person)
    {
        HandOver(person, person.Invited ? $"An invitation is on its way to {person.Email}." : $"{person.Email} is in the project.");
        await Load();
    }

    // Shows the link of an invitation that no e-mail was sent for; otherwise says what was done.
    private void HandOver(CollaboratorView person, string sentence)
    {
        if (person.InvitationCode is null)
        {
            Snackbar.Add(sentence, Severity.Success);
        }
        else
        {
            invited = person;
        }
    }

    private async Task Change(CollaboratorView person, Role role)
    {
        busy = true;
        await Do(async () =>
        {
            // An invitation is made anew with its role.
            var after = await Api.PutCollaborator(Project, person.Email, new(role) { Version = person.Version }, Leaving);
            HandOver(after, after.Invited ? $"{after.Email} is invited as {RoleWords.Say(after.Role)} now." : $"{after.Email} is {RoleWords.Say(after.Role)} now.");
        });
        // Also where it was refused: somebody else may have changed it meanwhile.
        await Load();
        busy = false;
    }

    private async Task Remove(CollaboratorView person) => await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
    {
        { d => d.Title, person.Invited ? $"Withdraw the invitation for {person.Email}?" : $"Remove {person.Email}?" },
        {
            d => d.Message,
            person.Invited
                ? "Its link stops working. You can invite the address again."
                : $"They lose their access to {Project} at once, also where they are looking at it just now. What they deployed stays."
        },
        { d => d.Button, person.Invited ? "Withdraw" : "Remove" },
        { d => d.Dangerous, true },
        { d => d.Action, () => Api.RemoveCollaborator(Project, person.Email, Leaving) },
        {
            d => d.Done, () =>
            {
                invited = invited?.Email == person.Email ? null : invited;
                _ = InvokeAsync(LoadAndShow);
            }
        },
    });

    private async Task Leave() => await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
    {
        { d => d.Title, $"Leave {Project}?" },
        { d => d.Message, "You lose your access to the project and its apps. One of its creators can add you again." },
        { d => d.Button, "Leave the project" },
        { d => d.Dangerous, true },
        { d => d.Action, LeaveNow },
        { d => d.Done, () => Navigation.NavigateTo("/projects") },
    });

    private async Task LeaveNow()
    {
        await Api.LeaveProject(Project, Leaving);
        Snackbar.Add($"You have left {Project}.", Severity.Success);
        await Do(() => Projects.Reload(Leaving));
    }
}
