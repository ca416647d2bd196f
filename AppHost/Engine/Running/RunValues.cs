using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Values of this run: parameters as they are, endpoints on the loopback address.</summary>
class RunValues : ValueResolver
{
    public const string Host = "127.0.0.1";

    public override string Parameter(ParameterResource parameter) => parameter.Value;

    public override string Endpoint(EndpointReference endpoint, EndpointProperty property)
    {
        var annotation = endpoint.Annotation;
        var port = annotation.AllocatedPort
            ?? throw new DistributedApplicationException($"Endpoint '{endpoint.EndpointName}' of '{endpoint.Resource.Name}' has no port yet.");
        return property switch
        {
            EndpointProperty.Host => Host,
            EndpointProperty.Port or EndpointProperty.TargetPort => $"{port}",
            EndpointProperty.Scheme => annotation.UriScheme,
            _ => $"{annotation.UriScheme}://{Host}:{port}",
        };
    }
}

/// <summary>The same with stars for secrets, for people.</summary>
sealed class ShownValues : RunValues
{
    public const string Secret = "••••••••";

    public override string Parameter(ParameterResource parameter) => parameter.Secret ? Secret : base.Parameter(parameter);
}
