using Microsoft.Extensions.Options;
using Slipway.Api.Cluster.Rendering;

namespace Slipway.Api.Cluster.Reconciling;

/// <summary>The operator's settings together with what the cluster offers, which is asked once.</summary>
public sealed class Settings(
    ClusterConnection connection, IOptions<ExposureOptions> exposure, IOptions<RenderingOptions> rendering, IOptions<QuotaOptions> quota)
{
    private RenderSettings? settings;

    /// <summary>Throws like any call where the cluster does not answer.</summary>
    internal async ValueTask<RenderSettings> Get(CancellationToken cancel)
    {
        if (settings is { } known)
        {
            return known;
        }

        try
        {
            var traits = await connection.Traits(cancel);
            return settings = new(exposure.Value, rendering.Value, quota.Value, traits.HasPolicyV1, traits.HasPreStopSleep);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            throw new ClusterUnreachableException($"The cluster at {connection.Address} does not say what it offers: {e.Message}", mayHaveArrived: false, e);
        }
    }
}
