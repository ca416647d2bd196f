using Slipway.Api.Storage;
using Slipway.Contracts;

namespace Slipway.Api.Accounts.Provider;

/// <summary>A person's role in a project, by where it comes from. The higher one counts.</summary>
/// <param name="ByHand">What a collaborator gave; null: nothing.</param>
/// <param name="Mapped">What the provider's groups give, where that is more; null: nothing more.</param>
public sealed record RoleParts(Role? ByHand, Role? Mapped)
{
    /// <summary>What counts; null: not in the project.</summary>
    public Role? Role => Mapped ?? ByHand;

    /// <summary>As it is stored.</summary>
    public static RoleParts Of(CollaboratorRow? row) => row switch
    {
        null => new(null, null),
        { MappedRole: { } mapped } => new(row.HandRole, mapped),
        _ => new(row.Role, null),
    };

    /// <summary>With what the groups give now. What was given by hand stays.</summary>
    public RoleParts With(Role? wanted) => this with { Mapped = wanted is { } role && (ByHand is null || role > ByHand) ? role : null };

    /// <summary>What the provider's values give by the settings: the highest role for each project.</summary>
    public static (bool Administrator, IReadOnlyDictionary<string, Role> Projects) Wanted(IEnumerable<ProviderRole> roles, IReadOnlySet<string> values)
    {
        var mine = roles.Where(r => values.Contains(r.Value)).ToList();
        return (mine.Exists(r => r.Administrator), mine.Where(r => !r.Administrator).GroupBy(r => r.Project, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(r => r.Role!.Value), StringComparer.Ordinal));
    }
}
