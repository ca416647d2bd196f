using System.Reflection;
using Microsoft.AspNetCore.Components;
using Slipway.Contracts;

namespace Slipway.Web.Components;

/// <summary>Whom a page of the portal is for.</summary>
public enum PageAudience
{
    /// <summary>Everybody, without signing in.</summary>
    Everybody,

    /// <summary>Everybody who is signed in; it shows them what is theirs.</summary>
    Person,

    /// <summary>Administrators of the platform; the others are told so.</summary>
    Administrator,

    /// <summary>Those in the project of the address who have <see cref="PageForAttribute.Permission"/>. For strangers there is no such page.</summary>
    Collaborator,
}

/// <summary>
/// Says whom a page is for. Every page says so once; a test tries them all with everybody, and the documentation has the table. It is the
/// API that decides what a page gets to show, at every request.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PageForAttribute : Attribute
{
    public PageForAttribute(PageAudience audience) => Audience = audience;

    public PageForAttribute(Permission permission) => (Audience, Permission) = (PageAudience.Collaborator, permission);

    public PageAudience Audience { get; }

    /// <summary>With <see cref="PageAudience.Collaborator"/>: what the page is for.</summary>
    public Permission? Permission { get; }
}

/// <summary>A page of the portal.</summary>
/// <param name="Template">Its address, with <c>{Project}</c> and <c>{Name}</c>.</param>
/// <param name="For">Whom it is for; null where it does not say.</param>
public sealed record PortalPlace(string Template, Type Page, PageForAttribute? For)
{
    /// <summary>All that there are, by address.</summary>
    public static IReadOnlyList<PortalPlace> All { get; } =
    [
        .. typeof(PortalPlace).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().Select(route => new PortalPlace(route.Template, type, type.GetCustomAttribute<PageForAttribute>())))
            .OrderBy(place => place.Template, StringComparer.Ordinal),
    ];

    public override string ToString() => Template;
}
