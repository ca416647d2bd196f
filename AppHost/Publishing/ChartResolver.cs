using System.Globalization;

namespace Slipway.AppHost.Publishing;

/// <summary>What the values of a model stand for in a chart: expressions for parameters, service names for endpoints.</summary>
/// <param name="owner">Whose variables they are.</param>
/// <param name="values">Where values go that an operator sets.</param>
sealed class ChartResolver(IResource owner, ChartValues values)
{
    // Kestrel's in Microsoft's images.
    private const int ProjectPort = 8080;

    private const int PostgresPort = 5432;

    /// <summary>True once a secret was asked for.</summary>
    public bool FoundSecret { get; private set; }

    /// <summary>The text of a variable's value.</summary>
    /// <exception cref="DistributedApplicationException">A chart cannot say it.</exception>
    public string Resolve(object? value) => value switch
    {
        string text => text,
        ParameterResource parameter => Parameter(parameter),
        EndpointReference endpoint => Endpoint(endpoint, EndpointProperty.Url),
        EndpointReferenceExpression property => Endpoint(property.Endpoint, property.Property),
        ReferenceExpression expression => string.Format(CultureInfo.InvariantCulture, expression.Format, [.. expression.ValueProviders.Select(Resolve)]),
        ConnectionStringReference reference => Resolve(reference.Resource.ConnectionStringExpression),
        IResourceWithConnectionString resource => Resolve(resource.ConnectionStringExpression),
        IResourceBuilder<IResource> builder => Resolve(builder.Resource),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new DistributedApplicationException($"A chart cannot hold a value of the type {value?.GetType().Name ?? "null"}, which {owner.Name} wants."),
    };

    /// <summary>The port a container listens on: its own, or for projects a value, 8080 unless set.</summary>
    public string PortOf(IResource resource, EndpointAnnotation endpoint) => resource switch
    {
        PostgresServerResource => PostgresPort.ToString(CultureInfo.InvariantCulture),
        _ when endpoint.TargetPort is { } port => port.ToString(CultureInfo.InvariantCulture),
        _ => values.Add("parameters", resource.Name, $"port_{endpoint.Name}", ProjectPort),
    };

    private string Parameter(ParameterResource parameter)
    {
        FoundSecret |= parameter.Secret;
        // One place to set it, however many resources use it: with the first one that is given it.
        return values.Shared(parameter.Secret ? "secrets" : "config", owner.Name, parameter.Name, "");
    }

    private string Endpoint(EndpointReference endpoint, EndpointProperty property)
    {
        var host = $"{endpoint.Resource.Name}-service";
        var port = PortOf(endpoint.Resource, endpoint.EndpointAnnotation);
        return property switch
        {
            EndpointProperty.Host or EndpointProperty.IPV4Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.Scheme => endpoint.EndpointAnnotation.UriScheme,
            EndpointProperty.HostAndPort => $"{host}:{port}",
            _ => $"{endpoint.EndpointAnnotation.UriScheme}://{host}:{port}",
        };
    }
}
