using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Says how resources listen, find and wait for each other.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets a variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentAnnotation(name, ReferenceExpression.Create($"{value}")));

    /// <summary>Sets a variable to a text with values in it.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, ReferenceExpression value) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentAnnotation(name, value));

    /// <summary>Sets a variable to an endpoint's address.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentAnnotation(name, endpointReference));

    /// <summary>Sets a variable to a parameter's value.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentAnnotation(name, parameter.Resource));

    /// <summary>Sets a variable to a value computed at each start.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, Func<string> callback) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new EnvironmentAnnotation(name, new DeferredValue(callback)));

    /// <summary>Adds command-line arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args) where T : IResourceWithArgs =>
        builder.WithAnnotation(new ArgumentsAnnotation(args));

    /// <summary>Says that the resource listens for HTTP. There is no proxy in between: the process gets <paramref name="port"/> itself.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints
    {
        name ??= "http";
        if (builder.Resource.Annotations.OfType<EndpointAnnotation>().Any(e => e.Name == name))
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' has two endpoints named '{name}'.");
        }

        return builder.WithAnnotation(new EndpointAnnotation
        {
            Name = name,
            UriScheme = "http",
            Port = port,
            TargetPort = targetPort,
            TargetPortEnvironmentVariable = env,
            IsProxied = isProxied ?? true,
        });
    }

    /// <summary>An endpoint by name.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(builder.Resource, name);

    /// <summary>Says that people use the HTTP endpoints.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    /// <summary>Says that the resource is healthy when a GET answers with the status code (200).</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints =>
        builder.WithAnnotation(new HttpHealthCheckAnnotation(endpointName ?? "http", path ?? "/", statusCode ?? 200));

    /// <summary>Gives the resource <c>ConnectionStrings__NAME</c>.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new ConnectionStringReferenceAnnotation(source.Resource, connectionName ?? source.Resource.Name, optional));

    /// <summary>Gives the resource <c>services__NAME__ENDPOINT__0</c> for every endpoint of a service.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where T : IResourceWithEnvironment =>
        builder.WithReference(source, source.Resource.Name);

    /// <summary>The same, under another name.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new ServiceReferenceAnnotation(source.Resource, name, EndpointName: null));

    /// <summary>The same, for one endpoint.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference)
        where T : IResourceWithEnvironment =>
        endpointReference.Resource is IResourceWithServiceDiscovery service
            ? builder.WithAnnotation(new ServiceReferenceAnnotation(service, service.Name, endpointReference.EndpointName))
            : throw new DistributedApplicationException($"Resource '{endpointReference.Resource.Name}' is not found by name.");

    /// <summary>Gives the resource <c>services__NAME__default__0</c> for a service that is no resource.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, string name, Uri uri) where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new UriReferenceAnnotation(name, uri));

    /// <summary>Starts after another resource runs and is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport =>
        builder.WaitFor(dependency, WaitBehavior.WaitOnResourceUnavailable);

    /// <summary>Starts after another resource runs and is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport =>
        builder.WithAnnotation(new WaitAnnotation(dependency.Resource, CompletedWith: null, waitBehavior));

    /// <summary>Starts after another resource has done its work.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport =>
        builder.WithAnnotation(new WaitAnnotation(dependency.Resource, exitCode, WaitBehavior.WaitOnResourceUnavailable));

    /// <summary>Shows the resource under another.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent) where T : IResource =>
        builder.WithParentRelationship(parent.Resource);

    /// <summary>Shows the resource under another.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent) where T : IResource =>
        builder.WithAnnotation(new ParentAnnotation(parent));

    /// <summary>Shows an address on the dashboard.</summary>
    public static IResourceBuilder<T> WithUrl<T>(this IResourceBuilder<T> builder, string url, string? displayText = null) where T : IResource =>
        builder.WithAnnotation(new UrlAnnotation(url, displayText));
}
