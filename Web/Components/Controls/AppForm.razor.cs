using Microsoft.AspNetCore.Components;
using Slipway.Contracts;
using Slipway.Web.Forms;

namespace Slipway.Web.Components.Controls;

/// <summary>The fields of an app's spec, for a new app or an existing one.</summary>
public sealed partial class AppForm
{
    private static readonly string[] Fields =
        ["name", "image", "port", "replicas", "resources.cpu", "resources.memoryMiB", "command", "arguments", "healthPath", "environment"];

    private bool nameIsSuggested = true;

    [Parameter]
    [EditorRequired]
    public AppDraft Draft { get; set; } = default!;

    [Parameter]
    [EditorRequired]
    public FieldErrors Errors { get; set; } = default!;

    /// <summary>Whether the app is there already: then it has a name, and variables whose values are not shown.</summary>
    [Parameter]
    public bool Existing { get; set; }

    /// <summary>What is wrong with something that has no field here, so that no complaint goes unseen.</summary>
    public static IReadOnlyList<string> Homeless(AppDraft draft, FieldErrors errors) =>
        errors.Besides([.. Fields, .. draft.Variables.Select(v => EnvironmentEditor.Field(v))]);

    /// <summary>What is wrong by the rules that the API has too.</summary>
    public static Dictionary<string, string[]> Problems(AppDraft draft, bool existing)
    {
        var app = draft.ToCreate();
        var problems = AppRules.Check(existing ? app with { Name = "app" } : app);
        foreach (var twice in draft.Variables.Where(v => v.Name.Length > 0).GroupBy(v => v.Name.Trim()).Where(g => g.Count() > 1))
        {
            problems.TryAdd($"environment.{twice.Key}", ["This name is here twice."]);
        }

        return problems;
    }

    /// <summary>Something was changed, and what is wrong with it may have changed too.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    // A MudBlazor field forgets an error that it is given when it looks at its own value, unless it finds the same one itself.
    private Func<T?, string?> Says<T>(string field) => _ => Errors[field];

    private bool Bad(string field) => Errors[field] is not null;

    private Task Check(string field)
    {
        var problems = Problems(Draft, Existing);
        foreach (var name in field is "environment" ? Draft.Variables.Select(EnvironmentEditor.Field).Append(field).Distinct() : [field])
        {
            Errors.Show(name, problems);
        }

        return OnChanged.InvokeAsync();
    }

    private Task Set(string field, Action set)
    {
        set();
        return Check(field);
    }

    private Task ImageTyped(string? image)
    {
        Draft.Image = image ?? "";
        if (nameIsSuggested && !Existing)
        {
            Draft.Name = ImageName.Suggest(Draft.Image);
            Errors.Clear("name");
        }

        // While somebody types, half an image link is no mistake; one that was found wrong is looked at with every key.
        return Errors["image"] is not null || Draft.Image.Contains("://", StringComparison.Ordinal) ? Check("image") : OnChanged.InvokeAsync();
    }

    private Task NameTyped(string? name)
    {
        Draft.Name = name ?? "";
        nameIsSuggested = Draft.Name.Length == 0;
        return Draft.Name.Length > 0 ? Check("name") : OnChanged.InvokeAsync();
    }
}
