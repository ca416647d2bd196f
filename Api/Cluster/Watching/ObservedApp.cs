namespace Slipway.Api.Cluster.Watching;

/// <summary>What the cluster shows of an app: an immutable snapshot.</summary>
/// <param name="Id">The app's id.</param>
public sealed record ObservedApp(Guid Id)
{
    public ObservedDeployment? Deployment { get; init; }

    public ObservedService? Service { get; init; }

    public ObservedIngress? Ingress { get; init; }

    /// <summary>Its pods, oldest first.</summary>
    public IReadOnlyList<ObservedPod> Pods { get; init; } = [];

    /// <summary>Whether everything was listed at least once: before that, what is missing here may still be there.</summary>
    public bool Synced { get; init; } = true;

    /// <summary>Since when the cluster does not answer; null while it does. All else here is what was seen last.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }
}

/// <summary>A Deployment.</summary>
/// <param name="Release">The release that its pod template names; 0 where it names none.</param>
/// <param name="Generation">Grows with every change of what is asked for.</param>
/// <param name="ObservedGeneration">Up to which generation the numbers here are true.</param>
/// <param name="Wanted">Replicas asked for.</param>
/// <param name="Replicas">Pods of any release.</param>
/// <param name="Updated">Pods of the newest template.</param>
/// <param name="Ready">Pods of any release that are ready.</param>
/// <param name="Available">Pods of any release that have stayed ready for <c>minReadySeconds</c>.</param>
/// <param name="Completed">The newest template's pods were all available once.</param>
/// <param name="DeadlineExceeded">The newest template's pods made no progress within <c>progressDeadlineSeconds</c>.</param>
/// <param name="CreationProblem">Why pods could not be created (quota, admission), in the cluster's words.</param>
public sealed record ObservedDeployment(
    string Namespace, string Name, int Release, long Generation, long ObservedGeneration, int Wanted, int Replicas, int Updated, int Ready,
    int Available, bool Completed, bool DeadlineExceeded, string? CreationProblem);

/// <summary>A Service.</summary>
/// <param name="Type">Such as <c>NodePort</c>.</param>
/// <param name="Port">Its first port.</param>
/// <param name="NodePort">The port on every node, for the types that have one.</param>
/// <param name="LoadBalancer">The address that a load balancer gave it.</param>
public sealed record ObservedService(string Namespace, string Name, string Type, int? Port, int? NodePort, string? LoadBalancer);

/// <summary>An Ingress.</summary>
/// <param name="Host">The host name of its first rule.</param>
/// <param name="Address">The address that the ingress controller gave it; null until one has taken it up.</param>
public sealed record ObservedIngress(string Namespace, string Name, string? Host, string? Address);

/// <summary>Any object that is watched.</summary>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Namespace">Empty for objects that are in none.</param>
/// <param name="Fingerprint">See <c>Fingerprint.Of</c>; empty for kinds that are only looked at.</param>
/// <param name="ManagedBySlipway">Whether its label says so. This is no proof: the database alone says what is owned.</param>
/// <param name="OwnerId">The app's id, as its label says.</param>
public sealed record ObservedObject(
    string Kind, string Namespace, string Name, string Uid, string Fingerprint, bool ManagedBySlipway, Guid? OwnerId)
{
    /// <summary>Whether its deletion was asked for.</summary>
    public bool Deleting { get; init; }
}

/// <summary>Says that an object appeared, changed or went away. Look at the state for what it is now.</summary>
/// <param name="OwnerId">The app's id, as its label says.</param>
public sealed record ClusterChange(string Kind, string Namespace, string Name, Guid? OwnerId)
{
    /// <summary>
    /// The kind of the change that says that everything may look different: the cluster answers again, or does not any more, or was
    /// listed for the first time.
    /// </summary>
    public const string Everything = "Everything";
}
