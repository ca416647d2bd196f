namespace Aspire.Hosting.ApplicationModel;

/// <summary>What to do when a resource waited for fails to start.</summary>
public enum WaitBehavior
{
    /// <summary>Keep waiting: it may be restarted.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Give up.</summary>
    StopOnResourceUnavailable,
}

sealed record EnvironmentAnnotation(string Name, IValueProvider Value) : IResourceAnnotation;

sealed record ArgumentsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;

/// <summary>Puts <c>ConnectionStrings__NAME</c> into the environment.</summary>
sealed record ConnectionStringReferenceAnnotation(IResourceWithConnectionString Source, string ConnectionName, bool Optional) : IResourceAnnotation;

/// <summary>Puts a service's endpoints (all when <paramref name="EndpointName"/> is null) into the environment.</summary>
sealed record ServiceReferenceAnnotation(IResourceWithServiceDiscovery Service, string ServiceName, string? EndpointName) : IResourceAnnotation;

/// <summary>Puts the address of a service that is no resource into the environment.</summary>
sealed record UriReferenceAnnotation(string ServiceName, Uri Uri) : IResourceAnnotation;

/// <summary>Start after: <paramref name="CompletedWith"/> null means once running and healthy, else once exited with that code.</summary>
sealed record WaitAnnotation(IResource Resource, int? CompletedWith, WaitBehavior Behavior) : IResourceAnnotation;

sealed record HttpHealthCheckAnnotation(string EndpointName, string Path, int StatusCode) : IResourceAnnotation;

sealed record ParentAnnotation(IResource Parent) : IResourceAnnotation;

sealed record UrlAnnotation(string Url, string? DisplayText) : IResourceAnnotation;

sealed record ReplicasAnnotation(int Replicas) : IResourceAnnotation;

sealed record DataVolumeAnnotation(string Name) : IResourceAnnotation;
