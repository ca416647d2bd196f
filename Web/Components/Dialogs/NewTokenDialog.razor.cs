using Microsoft.AspNetCore.Components;
using MudBlazor;
using Slipway.Contracts;
using Slipway.Web.Forms;

namespace Slipway.Web.Components.Dialogs;

/// <summary>Makes an access token and answers it with its secret.</summary>
public sealed partial class NewTokenDialog
{
    private const int MaxDays = 366;
    private static readonly (string, string) Everywhere = ("", "All my projects");

    private readonly FieldErrors errors = new();
    private readonly HashSet<Permission> chosen = [Permission.ViewProject];
    private string name = "", project = "";
    private Role role = Role.Viewer;
    private int? days = 90;
    private string? problem;
    private bool all = true, busy;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private SlipwayClient Api { get; set; } = default!;

    private IReadOnlyList<(string, string)> Projects { get; set; } = [Everywhere];

    protected override async Task OnInitializedAsync()
    {
        try
        {
            var mine = await Api.Projects(new() { Limit = PageQuery.MaxLimit });
            Projects = [Everywhere, .. mine.Items.Select(p => (p.Name, $"Only {p.Name}"))];
        }
        catch (SlipwayApiException e)
        {
            problem = e.Message;
        }
    }

    // A MudBlazor field forgets an error that it is given when it looks at its own value, unless it finds the same one itself.
    private Func<T?, string?> Says<T>(string field) => _ => errors[field];

    private bool Bad(string field) => errors[field] is not null;

    private void Set(string field, Action set)
    {
        set();
        errors.Clear(field);
    }

    private void Choose(Permission permission, bool wanted)
    {
        errors.Clear("actions");
        _ = wanted ? chosen.Add(permission) : chosen.Remove(permission);
    }

    private async Task Create()
    {
        var actions = all ? null : chosen.Where(p => role.May(p)).Order().ToList();
        errors.Show(Problems(actions));
        if (busy || errors.Any)
        {
            return;
        }

        (busy, problem) = (true, null);
        try
        {
            Dialog.Close(await Api.CreateToken(new(name.Trim(), role, days!.Value) { Project = project.Length == 0 ? null : project, Actions = actions }));
        }
        catch (SlipwayApiException e)
        {
            errors.Show(e.Errors);
            var besides = errors.Besides("name", "project", "role", "days", "actions");
            problem = e.Errors.Count == 0 ? e.Message : besides.Count > 0 ? string.Join(' ', besides) : null;
        }
        finally
        {
            busy = false;
        }
    }

    private Dictionary<string, string[]> Problems(List<Permission>? actions)
    {
        var problems = new Dictionary<string, string[]>();
        if (name.Trim().Length == 0)
        {
            problems["name"] = ["It needs a name, to know it by."];
        }

        if (days is not (>= 1 and <= MaxDays))
        {
            problems["days"] = [$"An access token lives for 1 to {MaxDays} days."];
        }

        if (actions is { Count: 0 })
        {
            problems["actions"] = ["Choose at least one action, or all of them."];
        }

        return problems;
    }
}
