using MudBlazor;
using Slipway.Contracts;

namespace Slipway.Web.Components.Dialogs;

/// <summary>Asks for an app's name before it is deleted.</summary>
static class DeleteDialog
{
    /// <summary>True where it was asked to be deleted; it goes on showing <see cref="AppState.Deleting"/> until it is gone.</summary>
    public static async Task<bool> Open(IDialogService dialogs, SlipwayClient api, AppView app)
    {
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
        {
            { d => d.Title, $"Delete {app.Name}?" },
            { d => d.Message, "Its replicas, its address, its variables and all its releases go with it. This cannot be undone." },
            { d => d.Button, "Delete the app" },
            { d => d.Dangerous, true },
            { d => d.Word, app.Name },
            { d => d.Action, () => api.DeleteApp(app.Project, app.Name) },
        });
        return await dialog.Result is { Canceled: false };
    }
}
