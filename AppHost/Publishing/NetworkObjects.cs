using k8s;
using k8s.Models;

namespace Slipway.AppHost.Publishing;

/// <summary>Who may reach whom within the namespace, and the address of the portal.</summary>
sealed class NetworkObjects(ObjectParts parts)
{
    private static readonly (string To, int Port, string[] From)[] Allowed =
    [
        ("postgres", 5432, ["api"]),
        ("prometheus", 9090, ["api"]),
        ("alertmanager", 9093, ["prometheus"]),
    ];

    public IEnumerable<IKubernetesObject<V1ObjectMeta>> Render(bool withMonitoring)
    {
        yield return Policy("default-deny", new() { PodSelector = new(), PolicyTypes = ["Ingress"] });
        // The ingress controller may be anywhere, also on the nodes' own network; so may who opens a node port.
        foreach (var name in (string[])["api", "web"])
        {
            yield return Policy($"{name}-from-everywhere", new()
            {
                PodSelector = new() { MatchLabels = ObjectParts.Selector(name) },
                PolicyTypes = ["Ingress"],
                Ingress = [new() { Ports = [new() { Protocol = "TCP", Port = "http" }] }],
            });
        }

        foreach (var (to, port, from) in Allowed.Where(a => withMonitoring || a.To == "postgres"))
        {
            yield return Policy($"{to}-from-{string.Join('-', from)}", new()
            {
                PodSelector = new() { MatchLabels = ObjectParts.Selector(to) },
                PolicyTypes = ["Ingress"],
                Ingress =
                [
                    new()
                    {
                        FromProperty = [.. from.Select(f => new V1NetworkPolicyPeer { PodSelector = new() { MatchLabels = ObjectParts.Selector(f) } })],
                        Ports = [new() { Protocol = "TCP", Port = $"{port}" }],
                    },
                ],
            });
        }

        if (parts.Values.Decides("ingress.enabled"))
        {
            yield return Ingress();
        }
    }

    private V1NetworkPolicy Policy(string name, V1NetworkPolicySpec spec) =>
        new() { ApiVersion = "networking.k8s.io/v1", Kind = "NetworkPolicy", Metadata = parts.Meta(name, "network"), Spec = spec };

    // The portal keeps a connection open for as long as a page is; logs and events of the API are streams too.
    private V1Ingress Ingress()
    {
        var meta = parts.Meta("slipway", "web");
        meta.Annotations = new Dictionary<string, string>
        {
            ["nginx.ingress.kubernetes.io/proxy-read-timeout"] = "3600",
            ["nginx.ingress.kubernetes.io/proxy-send-timeout"] = "3600",
            ["nginx.ingress.kubernetes.io/proxy-buffering"] = "off",
            ["nginx.ingress.kubernetes.io/proxy-body-size"] = "4m",
            ["nginx.ingress.kubernetes.io/affinity"] = "cookie",
        };
        var host = parts.Values.Text("ingress.host");
        return new()
        {
            ApiVersion = "networking.k8s.io/v1",
            Kind = "Ingress",
            Metadata = meta,
            Spec = new()
            {
                IngressClassName = parts.Values.Text("ingress.className"),
                Tls = [new() { Hosts = [host], SecretName = parts.Values.Text("ingress.tlsSecret") }],
                Rules = [new() { Host = host, Http = new() { Paths = [Path("/api", "api"), Path("/openapi", "api"), Path("/", "web")] } }],
            },
        };
    }

    private static V1HTTPIngressPath Path(string path, string service) =>
        new() { Path = path, PathType = "Prefix", Backend = new() { Service = new() { Name = service, Port = new() { Name = "http" } } } };
}
