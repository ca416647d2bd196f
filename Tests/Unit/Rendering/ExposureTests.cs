using k8s.Models;
using Slipway.Api.Apps.Observing;
using Slipway.Api.Cluster.Rendering;
using Slipway.Api.Cluster.Watching;

namespace Slipway.Tests.Unit.Rendering;

public sealed class ExposureTests
{
    private static readonly ExposureOptions Ingress = new() { Mode = ExposureMode.Ingress, Domain = "apps.example.org" };

    [Theory]
    [InlineData(ExposureMode.NodePort, "NodePort")]
    [InlineData(ExposureMode.Ingress, "ClusterIP")]
    [InlineData(ExposureMode.None, "ClusterIP")]
    public void The_service_is_as_open_as_it_must_be(ExposureMode mode, string type)
    {
        var service = Inputs.Find<V1Service>(Inputs.With(Ingress with { Mode = mode }))!;
        var port = Assert.Single(service.Spec.Ports);

        Assert.Equal(type, service.Spec.Type);
        Assert.Equal((80, "8080", "TCP"), (port.Port, port.TargetPort.Value, port.Protocol));
    }

    [Theory]
    [InlineData(ExposureMode.NodePort)]
    [InlineData(ExposureMode.Ingress)]
    public void A_worker_has_no_service_and_no_ingress(ExposureMode mode)
    {
        var worker = Inputs.With(s => s with { Port = null });
        var settings = worker.Settings with { Exposure = Ingress with { Mode = mode } };

        Assert.Equal(["Deployment"], AppRenderer.Render(worker with { Settings = settings }).Select(o => o.Kind));
    }

    [Theory]
    [InlineData("shop", "demo", "shop-demo.apps.example.org")]
    [InlineData("a-b", "c", "a-b-c-4e84717d.apps.example.org")]
    [InlineData("a", "b-c", "a-b-c-b88f83c8.apps.example.org")]
    public void Every_app_has_a_host_name_of_its_own(string app, string project, string host) =>
        Assert.Equal(host, AppIngress.Host(app, project, "apps.example.org"));

    [Fact]
    public void A_host_name_s_label_has_at_most_63_characters()
    {
        var host = AppIngress.Host(new('a', 50), new('p', 63), "apps.example.org");

        Assert.Equal(63, host.IndexOf('.', StringComparison.Ordinal));
        Assert.NotEqual(host, AppIngress.Host(new('a', 50), new('p', 62), "apps.example.org"));
    }

    [Fact]
    public void The_ingress_leads_to_the_service()
    {
        var ingress = Inputs.Find<V1Ingress>(Inputs.With(Ingress with { Scheme = "https", TlsSecret = "wildcard", IngressClass = "nginx" }))!;
        var rule = Assert.Single(ingress.Spec.Rules);

        Assert.Equal("shop-demo.apps.example.org", rule.Host);
        Assert.Equal(("shop", 80), (rule.Http.Paths[0].Backend.Service.Name, rule.Http.Paths[0].Backend.Service.Port.Number));
        Assert.Equal(("nginx", "wildcard"), (ingress.Spec.IngressClassName, Assert.Single(ingress.Spec.Tls).SecretName));
    }

    [Theory]
    [InlineData(ExposureMode.NodePort, 30080, "http://127.0.0.1:30080")]
    [InlineData(ExposureMode.NodePort, null, null)]
    [InlineData(ExposureMode.Ingress, null, "http://shop-demo.apps.example.org")]
    [InlineData(ExposureMode.None, 30080, null)]
    public void The_address_is_where_the_app_answers(ExposureMode mode, int? nodePort, string? address)
    {
        var observed = new ObservedApp(Inputs.App.AppId)
        {
            Service = new("demo", "shop", "NodePort", 80, nodePort, null),
            Ingress = new("demo", "shop", "shop-demo.apps.example.org", null),
        };

        Assert.Equal(address, Exposure.Address(Ingress with { Mode = mode }, Desired(8080), observed));
        Assert.Null(Exposure.Address(Ingress with { Mode = mode }, Desired(null), observed));
    }

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:30080")]
    [InlineData("nodes.example.org", "http://nodes.example.org:30080")]
    [InlineData("fd00::1", "http://[fd00::1]:30080")]
    public void An_address_is_a_url(string host, string address) => Assert.Equal(address, Exposure.Address(new() { Host = host }, Desired(8080),
        new(Inputs.App.AppId) { Service = new("demo", "shop", "NodePort", 80, 30080, null) }));

    public static TheoryData<ExposureOptions, string?> Settings => new()
    {
        { new(), null },
        { Ingress, null },
        { new() { Mode = ExposureMode.None, Host = "" }, null },
        { new() { Scheme = "ftp" }, "Exposure:Scheme" },
        { new() { Host = "not a host" }, "Exposure:Host" },
        { new() { Host = "" }, "Exposure:Host" },
        { Ingress with { Domain = "" }, "Exposure:Domain is missing" },
        { Ingress with { Domain = "Apps.example.org" }, "Exposure:Domain" },
        { Ingress with { Domain = new string('a', 190) }, "Exposure:Domain" },
        { Ingress with { IngressClass = "a b" }, "Exposure:IngressClass" },
        { Ingress with { TlsSecret = "-" }, "Exposure:TlsSecret" },
    };

    [Theory]
    [MemberData(nameof(Settings), DisableDiscoveryEnumeration = true)]
    public void Wrong_settings_are_explained(ExposureOptions options, string? part)
    {
        var sentence = ExposureOptions.Explain(options);

        Assert.Equal(part is null, sentence is null);
        Assert.Contains(part ?? "", sentence ?? "", StringComparison.Ordinal);
    }

    private static DesiredApp Desired(int? port) => new()
    {
        Id = Inputs.App.AppId,
        Project = "demo",
        Name = "shop",
        Release = 1,
        Spec = Inputs.Spec with { Port = port },
        ReleasedAt = DateTimeOffset.UnixEpoch,
    };
}
