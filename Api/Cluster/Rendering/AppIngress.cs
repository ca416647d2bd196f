using k8s.Models;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>The Ingress, where apps are exposed by host names.</summary>
public static class AppIngress
{
    private const int LabelMaxLength = 63, HashDigits = 8;

    /// <summary>
    /// The app's host name: <c>&lt;app&gt;-&lt;project&gt;.&lt;domain&gt;</c>. Two pairs of names can be joined to one text (a-b of c, a of
    /// b-c), so names with a hyphen carry a short hash of the pair; so do pairs that are longer than a DNS label, which are cut.
    /// </summary>
    public static string Host(string app, string project, string domain)
    {
        var label = $"{app}-{project}";
        if (label.Length > LabelMaxLength || app.Contains('-') || project.Contains('-'))
        {
            var head = label[..Math.Min(label.Length, LabelMaxLength - HashDigits - 1)].TrimEnd('-');
            label = $"{head}-{ShortHash.Of($"{app}/{project}", HashDigits)}";
        }

        return $"{label}.{domain}";
    }

    internal static V1Ingress? Render(RenderInput input)
    {
        var exposure = input.Settings.Exposure;
        if (input.Spec.Port is null || exposure.Mode is not ExposureMode.Ingress)
        {
            return null;
        }

        var host = Host(input.App, input.Project, exposure.Domain);
        return new V1Ingress
        {
            ApiVersion = "networking.k8s.io/v1",
            Kind = V1Ingress.KubeKind,
            Metadata = AppRenderer.Metadata(input, input.App),
            Spec = new V1IngressSpec
            {
                IngressClassName = exposure.IngressClass is "" ? null : exposure.IngressClass,
                Tls = exposure.Scheme is "https"
                    ? [new V1IngressTLS { Hosts = [host], SecretName = exposure.TlsSecret is "" ? null : exposure.TlsSecret }]
                    : null,
                Rules =
                [
                    new V1IngressRule
                    {
                        Host = host,
                        Http = new V1HTTPIngressRuleValue
                        {
                            Paths =
                            [
                                new V1HTTPIngressPath
                                {
                                    Path = "/",
                                    PathType = "Prefix",
                                    Backend = new V1IngressBackend
                                    {
                                        Service = new V1IngressServiceBackend { Name = input.App, Port = new V1ServiceBackendPort { Number = AppService.Port } },
                                    },
                                },
                            ],
                        },
                    },
                ],
            },
        };
    }
}
