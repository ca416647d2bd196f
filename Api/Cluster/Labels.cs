using k8s.Models;

namespace Slipway.Api.Cluster;

/// <summary>
/// The labels of everything that Slipway creates. They say whose an object is to a person who looks at it with kubectl, and they
/// choose what is watched; who may change it is decided by the database alone (see Reconciling/Ownership.cs).
/// </summary>
public static class Labels
{
    /// <summary>On everything: see <see cref="ManagedByValue"/>.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>The value of <see cref="ManagedBy"/>.</summary>
    public const string ManagedByValue = "slipway";

    /// <summary>On everything: the project's name.</summary>
    public const string Project = "slipway.dev/project";

    /// <summary>On a project's namespace and on the objects that belong to the project itself: the project's id.</summary>
    public const string ProjectId = "slipway.dev/project-id";

    /// <summary>On an app's objects and pods: the app's name.</summary>
    public const string AppName = "app.kubernetes.io/name";

    /// <summary>On an app's objects and pods: the app's id. Names come back after a deletion, ids never do.</summary>
    public const string AppId = "slipway.dev/app-id";

    /// <summary>On an app's pods and environment Secrets: the release's number.</summary>
    public const string Release = "slipway.dev/release";

    /// <summary>On a pod template: when fresh replicas were last asked for. An annotation, as <c>kubectl rollout restart</c> does it.</summary>
    public const string RestartedAt = "slipway.dev/restarted-at";

    /// <summary>Chooses what Slipway created, in the syntax of a label selector.</summary>
    public const string Selector = ManagedBy + "=" + ManagedByValue;

    /// <summary>Whether an object carries <see cref="ManagedBy"/>.</summary>
    public static bool IsManaged(V1ObjectMeta metadata) =>
        metadata.Labels?.TryGetValue(ManagedBy, out var by) is true && by == ManagedByValue;

    /// <summary>The app, or else the project, that an object says it belongs to; null where it names none.</summary>
    public static Guid? Owner(V1ObjectMeta metadata) =>
        metadata.Labels is { } labels
        && (labels.TryGetValue(AppId, out var id) || labels.TryGetValue(ProjectId, out id))
        && Guid.TryParse(id, out var owner)
            ? owner
            : null;
}
