using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>
/// Objects of an app that are on no record: they were created just before a crash, and the release that is asked for by now does not
/// have them, so that nothing would ever recognise them. Only what carries the app's own id and has a name that Slipway gives counts:
/// a copy under another name is somebody else's.
/// </summary>
internal static class Strays
{
    /// <param name="owned">What is seen of the app, its pods included.</param>
    /// <param name="known">What is on record.</param>
    public static IReadOnlyList<ObservedObject> Of(IReadOnlyCollection<ObservedObject> owned, string app, IReadOnlySet<(string Kind, string Name)> known) =>
    [
        .. owned.Where(o => o is { ManagedBySlipway: true, Deleting: false } && ObjectKind.OfApps.Any(k => k.Name == o.Kind)
            && (o.Name == app || EnvironmentSecret.Release(app, o.Name) is not null) && !known.Contains((o.Kind, o.Name))),
    ];
}
