using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Slipway.AppHost.Engine.Running;

/// <summary>Where processes send their telemetry, in the words of the OTEL_EXPORTER_OTLP_* variables.</summary>
sealed record TelemetryTarget(string Endpoint, string Protocol, string? Headers);

/// <summary>The variables a resource gets from what the model says about it: references, endpoints and its own, later ones winning.</summary>
static class EnvironmentInjection
{
    /// <summary>References and <c>WithEnvironment</c>, the same whether the application is run or published.</summary>
    public static Dictionary<string, IValueProvider> ExpressionsOf(IResource resource)
    {
        var variables = new Dictionary<string, IValueProvider>();
        foreach (var annotation in resource.Annotations)
        {
            switch (annotation)
            {
                case EnvironmentAnnotation own:
                    variables[own.Name] = own.Value;
                    break;
                case ConnectionStringReferenceAnnotation reference:
                    variables[$"ConnectionStrings__{reference.ConnectionName}"] =
                        reference.Source.ConnectionStringExpression;
                    break;
                case ServiceReferenceAnnotation reference:
                    AddService(variables, reference);
                    break;
                case UriReferenceAnnotation reference:
                    variables[$"services__{reference.ServiceName}__default__0"] = ReferenceExpression.Create($"{reference.Uri.ToString()}");
                    variables[EncodeName(reference.ServiceName)] = ReferenceExpression.Create($"{reference.Uri.ToString()}");
                    break;
                default:
                    break;
            }
        }

        return variables;
    }

    /// <summary>The same, with values. An optional connection string without a value is left out.</summary>
    public static Dictionary<string, string> OfModel(IResource resource, ValueResolver values)
    {
        var optional = resource.Annotations.OfType<ConnectionStringReferenceAnnotation>()
            .Where(r => r.Optional).Select(r => $"ConnectionStrings__{r.ConnectionName}").ToHashSet();
        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in ExpressionsOf(resource))
        {
            try
            {
                variables[name] = value.Resolve(values);
            }
            catch (DistributedApplicationException) when (optional.Contains(name))
            {
                // Nobody gave it a value, and that was said to be all right.
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
    public static void AddTelemetry(Dictionary<string, string> variables, TelemetryTarget target)
    {
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = target.Endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = target.Protocol;
        if (target.Headers is not null)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = target.Headers;
        }

        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
    }

    static void AddService(Dictionary<string, IValueProvider> variables, ServiceReferenceAnnotation reference)
    {
        var endpoints = reference.Service.Annotations.OfType<EndpointAnnotation>()
            .Where(e => reference.EndpointName is null || e.Name == reference.EndpointName);
        foreach (var endpoint in endpoints)
        {
            var address = new EndpointReference(reference.Service, endpoint.Name);
            variables[$"services__{reference.ServiceName}__{endpoint.Name}__0"] = address;
            variables[$"{EncodeName(reference.ServiceName)}_{EncodeName(endpoint.Name)}"] = address;
        }
    }

    static string EncodeName(string name) => name.Replace('-', '_').ToUpperInvariant();
}
