using System.Net;
using System.Text.RegularExpressions;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>The settings <c>Projects:Quota:*</c>: what one project may take of the cluster, and whom it is shut off from.</summary>
public sealed partial record QuotaOptions
{
    /// <summary>The most pods at once.</summary>
    public int Pods { get; init; } = 1000;

    /// <summary>The most deployments, stopped ones included.</summary>
    public int Deployments { get; init; } = 5000;

    /// <summary>The most cores that are set aside for the project, as a Kubernetes quantity. An app sets aside a twentieth of its limit.</summary>
    public string RequestsCpu { get; init; } = "200";

    /// <summary>The most memory that is set aside for the project, as a Kubernetes quantity. An app sets aside a quarter of its limit.</summary>
    public string RequestsMemory { get; init; } = "1Ti";

    /// <summary>
    /// The address ranges of the cluster's pods (k0s: <c>spec.network.podCIDR</c>). Everything outside of them may reach the apps' ports,
    /// which is how traffic to node ports comes in; from inside of them only the project's own pods and those of namespaces that
    /// Slipway did not make (an ingress controller, Prometheus).
    /// </summary>
    public IReadOnlyList<string> PodNetworks { get; init; } = ["10.244.0.0/16"];

    /// <summary>What is wrong with the settings, as a sentence; null where nothing is.</summary>
    public static string? Explain(QuotaOptions options) => options switch
    {
        { Pods: < 1 } or { Deployments: < 1 } => "The settings Projects:Quota:Pods and Projects:Quota:Deployments must be at least 1.",
        _ when !Quantity().IsMatch(options.RequestsCpu) =>
            $"The setting Projects:Quota:RequestsCpu is '{options.RequestsCpu}'; it must be a quantity such as '200' or '1500m'.",
        _ when !Quantity().IsMatch(options.RequestsMemory) =>
            $"The setting Projects:Quota:RequestsMemory is '{options.RequestsMemory}'; it must be a quantity such as '512Gi'.",
        _ when options.PodNetworks.FirstOrDefault(n => !IPNetwork.TryParse(n, out _)) is { } wrong =>
            $"The setting Projects:Quota:PodNetworks has '{wrong}'; it must be a list of address ranges such as '10.244.0.0/16'.",
        _ => null,
    };

    [GeneratedRegex(@"\A[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Quantity();
}
