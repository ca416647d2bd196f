using MudBlazor;
using Slipway.Contracts;

namespace Slipway.Web.Components.Dialogs;

/// <summary>Asks for an app's name before it is deleted.</summary>
static class DeleteDialog
{
    /// <summary>Opens it. Once deleted, the app goes on showing <see cref="AppState.Deleting"/> until it is gone.</summary>
    public static Task Open(IDialogService dialogs, SlipwayClient api, AppView app, Action? done = null) =>
        dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, $"Delete {app.Name}?" },
            { d => d.Message, "Its replicas, its address, its variables and all its releases go with it. This cannot be undone." },
            { d => d.Button, "Delete the app" },
            { d => d.Dangerous, true },
            { d => d.Word, app.Name },
            { d => d.Action, () => api.DeleteApp(app.Project, app.Name) },
            { d => d.Done, done },
        });
}
