namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    /// <summary>scheme://host:port</summary>
    Url,

    /// <summary>The host name or address.</summary>
    Host,

    /// <summary>The port others connect to.</summary>
    Port,

    /// <summary>The port the process listens on.</summary>
    TargetPort,

    /// <summary>The scheme, such as <c>http</c>.</summary>
    Scheme,
}

/// <summary>Says that a resource listens.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>The endpoint's name, <c>http</c> unless told otherwise.</summary>
    public required string Name { get; init; }

    /// <summary>The scheme, such as <c>http</c> or <c>tcp</c>.</summary>
    public required string UriScheme { get; init; }

    /// <summary>The port others connect to; chosen by the engine when null or 0.</summary>
    public int? Port { get; init; }

    /// <summary>The port the process itself listens on, where it can't be told.</summary>
    public int? TargetPort { get; init; }

    /// <summary>The variable that tells the process its port.</summary>
    public string? TargetPortEnvironmentVariable { get; init; }

    /// <summary>False when the process listens where it wants, and the endpoint only says where that is.</summary>
    public bool IsProxied { get; init; } = true;

    /// <summary>True when people, not only other resources, use it.</summary>
    public bool IsExternal { get; set; }

    /// <summary>The port of this run, once allocated.</summary>
    internal int? AllocatedPort { get; set; }

    /// <summary>True when the engine hands out the port, so that nobody else may hold it before the start. A process that is only
    /// said to be found somewhere (no target port, no proxy) may already be there: a cluster that is up is joined, not started twice.</summary>
    internal bool ClaimsPort => IsProxied || TargetPort is not null;
}

/// <summary>An endpoint of a resource, by name.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider
{
    /// <summary>Whose endpoint it is.</summary>
    public IResourceWithEndpoints Resource { get; } = owner;

    /// <summary>Its name.</summary>
    public string EndpointName { get; } = endpointName;

    /// <summary>A part of its address, for use in a <see cref="ReferenceExpression"/>.</summary>
    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    internal EndpointAnnotation Annotation =>
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => e.Name == EndpointName)
        ?? throw new DistributedApplicationException($"Resource '{Resource.Name}' has no endpoint '{EndpointName}'.");

    string IValueProvider.Resolve(ValueResolver resolver) => resolver.Endpoint(this, EndpointProperty.Url);
}

/// <summary>A part of an endpoint's address.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) : IValueProvider
{
    string IValueProvider.Resolve(ValueResolver resolver) => resolver.Endpoint(endpoint, property);
}
