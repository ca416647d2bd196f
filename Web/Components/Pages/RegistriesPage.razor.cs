using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;

namespace Slipway.Web.Components.Pages;

/// <summary>The registries that a project is signed in to; its creators change them.</summary>
public sealed partial class RegistriesPage
{
    protected override Task<Page<RegistryView>> Ask(PageQuery query, CancellationToken cancel) => Api.Registries(Project, query, cancel);

    private async Task SignIn(RegistryView? registry)
    {
        var dialog = await Dialogs.ShowAsync<RegistryDialog>(null, new DialogParameters<RegistryDialog> { { d => d.Project, Project }, { d => d.Registry, registry } });
        if (await dialog.Result is { Canceled: false })
        {
            await LoadAndShow();
        }
    }

    private async Task SignOut(RegistryView registry) => await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
    {
        { d => d.Title, $"Sign out of {registry.Host}?" },
        { d => d.Message, "What runs goes on. Private images from there cannot be fetched any more: not by new releases, and not by replicas that start on a machine that has not fetched them." },
        { d => d.Button, "Sign out" },
        { d => d.Dangerous, true },
        { d => d.Action, () => Api.DeleteRegistry(Project, registry.Host, Leaving) },
        { d => d.Done, () => _ = InvokeAsync(LoadAndShow) },
    });
}
