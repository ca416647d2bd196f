using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Components.Dialogs;
using Slipway.Web.Live;

namespace Slipway.Web.Components.Pages;

/// <summary>The person's access tokens, for programs.</summary>
public sealed partial class TokensPage
{
    // With its secret, which is shown this once.
    private CreatedToken? created;

    [Inject]
    private Ticker Ticker { get; set; } = default!;

    [Inject]
    private IConfiguration Configuration { get; set; } = default!;

    private string Curl =>
        $"curl -H \"Authorization: Bearer {created!.Secret}\" \\\n  {Portal.PublicApi(Configuration, Navigation.BaseUri)}/api/projects"
        + (created.Token.Project is { } project ? $"/{Uri.EscapeDataString(project)}" : "");

    protected override Task<Page<TokenView>> Ask(PageQuery query, CancellationToken cancel) => Api.Tokens(query with { Sort = "-createdAt" }, cancel);

    private async Task Create()
    {
        var dialog = await Dialogs.ShowAsync<NewTokenDialog>();
        if (await dialog.GetReturnValueAsync<CreatedToken>() is { } token)
        {
            created = token;
            await Load();
        }
    }

    private async Task Revoke(TokenView token) => await Dialogs.ShowAsync<ConfirmDialog>(null, new DialogParameters<ConfirmDialog>
    {
        { d => d.Title, $"Revoke “{token.Name}”?" },
        { d => d.Message, "Programs that use it are refused from now on. This cannot be undone." },
        { d => d.Button, "Revoke" },
        { d => d.Dangerous, true },
        { d => d.Action, () => Api.RevokeToken(token.Id, Leaving) },
        {
            d => d.Done, () =>
            {
                created = created?.Token.Id == token.Id ? null : created;
                _ = InvokeAsync(LoadAndShow);
            }
        },
    });
}
