using Slipway.Contracts;

namespace Slipway.Web.Words;

/// <summary>Roles and permissions in words; <see cref="RoleTable"/> says who may do what.</summary>
static class RoleWords
{
    /// <summary>Every role, the one that may least first.</summary>
    public static IReadOnlyList<Role> All { get; } = Enum.GetValues<Role>();

    public static string Say(Role role) => role.ToString().ToLowerInvariant();

    public static string Say(Permission permission) => RoleTable.Rules.Single(r => r.Permission == permission).Words;

    /// <summary>Which role something takes.</summary>
    public static string Needs(Permission permission) => RoleTable.Least(permission) switch
    {
        Role.Creator => "This takes the role creator.",
        var least => $"This takes the role {Say(least)} or one that may more.",
    };

    /// <summary>Why a role may not do something, for whoever points at it; null where it may, or is not known yet.</summary>
    public static string? WhyNot(Role? role, Permission permission) =>
        role is { } known && !known.May(permission) ? $"{Needs(permission)} You are {Say(known)} here." : null;
}
