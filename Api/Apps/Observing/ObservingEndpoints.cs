namespace Slipway.Api.Apps.Observing;

/// <summary>The routes that show what the cluster shows: pods, events and logs of an app, and a project's event stream.</summary>
public static class ObservingEndpoints
{
    public static void MapObserving(this IEndpointRouteBuilder routes)
    {
        _ = routes;
    }
}
