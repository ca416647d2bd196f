using System.Net;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The cluster will not take an object until somebody changes something: what that is, in words for the app's owner.</summary>
/// <param name="reason">In a few words.</param>
/// <param name="detail">In full sentences, with what to do.</param>
internal sealed class ObjectProblemException(string reason, string detail) : Exception($"{reason}: {detail}")
{
    public string Reason { get; } = reason;

    public string Detail { get; } = detail;

    /// <summary>The name belongs to an object that Slipway did not create for this owner.</summary>
    public static ObjectProblemException NameTaken(ObjectAddress address) => new(
        "Name is taken in the cluster",
        $"In the cluster there is {address}, which Slipway did not create and will not touch. Choose another name, or, if nobody needs that object, delete it (kubectl delete {address.Kind.Name.ToLowerInvariant()} {address.Name} -n {address.Namespace}).");

    /// <summary>Puts a refusal into words.</summary>
    public static ObjectProblemException Of(ObjectAddress address, ObjectAnswer answer) => answer.Status switch
    {
        HttpStatusCode.Forbidden when answer.Message.Contains("exceeded quota", StringComparison.Ordinal) =>
            new("Project quota used up", $"The project has used all that it may take of the cluster. Delete or shrink something, or ask the operator for more. ({answer.Message})"),
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized =>
            new("Not permitted in the cluster", $"The cluster does not let Slipway write {address}. This is for the operator to put right. ({answer.Message})"),
        HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest =>
            new("The cluster refuses the settings", $"The cluster will not take {address}: {answer.Message}"),
        _ => new("The cluster refuses it", $"The cluster will not take {address}: {answer.Message}"),
    };
}

/// <summary>What was asked for cannot be done yet; nothing is wrong.</summary>
internal sealed class NotYetException(string what, TimeSpan again) : Exception(what)
{
    /// <summary>After this time it is worth trying again.</summary>
    public TimeSpan Again { get; } = again;
}

/// <summary>The project's namespace is missing, or on its way out.</summary>
internal sealed class NamespaceGoneException(string message) : Exception(message);
