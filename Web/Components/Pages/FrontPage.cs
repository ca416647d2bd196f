using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Forms;
using Slipway.Web.Session;

namespace Slipway.Web.Components.Pages;

/// <summary>
/// What the pages share that work without signing in: plain forms rather than live pages, because they set a cookie or are opened from a
/// message.
/// </summary>
public abstract class FrontPage : ComponentBase
{
    [CascadingParameter]
    private protected HttpContext Context { get; set; } = default!;

    [Inject]
    private protected ApiClients Clients { get; set; } = default!;

    [Inject]
    private protected SignInOptions SignInOptions { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>Where to go on to.</summary>
    [SupplyParameterFromQuery]
    protected string? ReturnUrl { get; set; }

    protected FieldErrors Errors { get; } = new();

    /// <summary>What went wrong that is about no field.</summary>
    protected string? Problem { get; set; }

    /// <summary>For a page that is about passwords: where they are off, leads to the sign-in page.</summary>
    /// <param name="goOn">Where to go on to from there.</param>
    protected async Task LeaveWithoutPasswords(string? goOn)
    {
        if (!(await SignInOptions.Get(Context)).Passwords)
        {
            Navigation.NavigateTo(LinkTo(SessionEndpoints.SignInPath, goOn));
        }
    }

    /// <summary>For <c>aria-invalid</c>.</summary>
    protected string? Invalid(string field) => Errors[field] is null ? null : "true";

    /// <summary>A link to another of these pages, which then goes on to where this one would have.</summary>
    protected static string LinkTo(string path, string? returnUrl) =>
        returnUrl is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>
    /// Does something at the API. Where it says no, its sentences go beside the <paramref name="fields"/> of the page, or above its form.
    /// True where it was done.
    /// </summary>
    protected async Task<bool> Do(Func<Task> action, params IReadOnlyList<string> fields)
    {
        try
        {
            await action();
            return true;
        }
        catch (SlipwayApiException e)
        {
            Errors.Show(e.Errors);
            var besides = Errors.Besides(fields);
            Problem = e.Errors.Count == 0 ? e.Message : besides.Count > 0 ? string.Join(' ', besides) : null;
            return false;
        }
    }
}
