using System.Net;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Forms;

namespace Slipway.Web.Components.Pages;

/// <summary>What the pages of a signed-in person share: the API, and one way to say that it said no.</summary>
public abstract class PortalPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource leaving = new();

    protected PortalPage() => Leaving = leaving.Token;

    [Inject]
    protected SlipwayClient Api { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    protected IDialogService Dialogs { get; set; } = default!;

    /// <summary>Fires when the page is left.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>
    /// Does something at the API. Where it says no, its sentences go beside the fields of <paramref name="errors"/>, or to the foot of
    /// the page. True where it was done.
    /// </summary>
    protected async Task<bool> Do(Func<Task> action, FieldErrors? errors = null)
    {
        try
        {
            await action();
            return true;
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            return false;
        }
        catch (SlipwayApiException e) when (e.Status is HttpStatusCode.Unauthorized)
        {
            // On the way to the sign-in page.
            return false;
        }
        catch (SlipwayApiException e)
        {
            if (errors is not null && e.Errors.Count > 0)
            {
                errors.Show(e.Errors);
            }
            else
            {
                Snackbar.Add(e.Message, Severity.Error);
            }

            if (e.Status is HttpStatusCode.Forbidden)
            {
                await Refused();
            }

            return false;
        }
    }

    /// <summary>The API has said that the person may not: what they may do has changed since the page asked.</summary>
    protected virtual Task Refused() => Task.CompletedTask;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !Leaving.IsCancellationRequested)
        {
            leaving.Cancel();
            leaving.Dispose();
        }
    }
}
