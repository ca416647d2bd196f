using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>The variables a resource gets from what the model says about it: references, endpoints and its own, later ones winning.</summary>
static class EnvironmentInjection
{
    /// <summary>References and <c>WithEnvironment</c>, the same whether the application is run or published.</summary>
    public static Dictionary<string, string> OfModel(IResource resource, ValueResolver values)
    {
        var variables = new Dictionary<string, string>();
        foreach (var annotation in resource.Annotations)
        {
            switch (annotation)
            {
                case EnvironmentAnnotation own:
                    variables[own.Name] = own.Value.Resolve(values);
                    break;
                case ConnectionStringReferenceAnnotation reference:
                    AddConnectionString(variables, reference, values);
                    break;
                case ServiceReferenceAnnotation reference:
                    AddService(variables, reference, values);
                    break;
                case UriReferenceAnnotation reference:
                    variables[$"services__{reference.ServiceName}__default__0"] = reference.Uri.ToString();
                    variables[EncodeName(reference.ServiceName)] = reference.Uri.ToString();
                    break;
                default:
                    break;
            }
        }

        return variables;
    }

    /// <summary>What a process gets on top when it runs on this machine.</summary>
    public static Dictionary<string, string> OfRun(IResource resource)
    {
        var variables = new Dictionary<string, string>();
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        foreach (var endpoint in endpoints.Where(e => e.TargetPortEnvironmentVariable is not null))
        {
            variables[endpoint.TargetPortEnvironmentVariable!] = $"{endpoint.AllocatedPort}";
        }

        if (resource is not ProjectResource)
        {
            return variables;
        }

        if (endpoints.Where(e => e.UriScheme is "http").Select(e => $"http://{RunValues.Host}:{e.AllocatedPort}").ToList() is { Count: > 0 } urls)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', urls);
        }

        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Guid.NewGuid().ToString("N")[..8]}";
        return variables;
    }

    /// <summary>Makes telemetry arrive at once and completely at a receiver for people.</summary>
    public static void AddTelemetry(Dictionary<string, string> variables, string endpoint, string protocol)
    {
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
    }

    static void AddConnectionString(Dictionary<string, string> variables, ConnectionStringReferenceAnnotation reference, ValueResolver values)
    {
        try
        {
            IValueProvider connection = reference.Source.ConnectionStringExpression;
            variables[$"ConnectionStrings__{reference.ConnectionName}"] = connection.Resolve(values);
        }
        catch (DistributedApplicationException) when (reference.Optional)
        {
            // It was said to be optional: without a value there is no variable.
        }
    }

    static void AddService(Dictionary<string, string> variables, ServiceReferenceAnnotation reference, ValueResolver values)
    {
        var endpoints = reference.Service.Annotations.OfType<EndpointAnnotation>()
            .Where(e => reference.EndpointName is null || e.Name == reference.EndpointName);
        foreach (var endpoint in endpoints)
        {
            IValueProvider address = new EndpointReference(reference.Service, endpoint.Name);
            variables[$"services__{reference.ServiceName}__{endpoint.Name}__0"] = address.Resolve(values);
            variables[$"{EncodeName(reference.ServiceName)}_{EncodeName(endpoint.Name)}"] = address.Resolve(values);
        }
    }

    static string EncodeName(string name) => name.Replace('-', '_').ToUpperInvariant();
}
