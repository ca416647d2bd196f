namespace Slipway.Api.Projects;

/// <summary>What came of trying to create a namespace.</summary>
public abstract record NamespaceOutcome;

/// <summary>It is there, and ours.</summary>
public sealed record NamespaceCreated(string Uid) : NamespaceOutcome;

/// <summary>There is a namespace of that name, whoever made it.</summary>
public sealed record NamespaceNameTaken : NamespaceOutcome;

/// <summary>The cluster said no for another reason, such as a missing permission.</summary>
public sealed record NamespaceRefused(string Reason) : NamespaceOutcome;

/// <summary>The cluster did not answer.</summary>
/// <param name="Reason">Why, for the log.</param>
/// <param name="MayExist">Whether the request may have reached it all the same (a time-out, a cut connection).</param>
public sealed record ClusterUnreachable(string Reason, bool MayExist) : NamespaceOutcome;
