using System.Text;
using k8s;
using k8s.Models;
using Slipway.Api.Cluster;
using Slipway.Api.Cluster.Rendering;

namespace Slipway.Tests.Unit.Rendering;

public sealed class DeploymentTests
{
    [Fact]
    public void The_same_input_gives_the_same_objects() =>
        Assert.Equal(AppRenderer.Render(Inputs.App).Select(Json), AppRenderer.Render(Inputs.App).Select(Json));

    [Fact]
    public void Everything_says_whose_it_is()
    {
        var input = Inputs.With(s => s with { Replicas = 2 }) with { Environment = new Dictionary<string, string> { ["A"] = "1" } };
        var objects = AppRenderer.Render(input with { Settings = input.Settings with { Exposure = new() { Mode = ExposureMode.Ingress, Domain = "apps.example.org" } } });

        Assert.Equal(["Secret", "Service", "Ingress", "PodDisruptionBudget", "Deployment"], objects.Select(o => o.Kind));
        Assert.All(objects, item =>
        {
            Assert.Equal("demo", item.Metadata.NamespaceProperty);
            Assert.True(Labels.IsManaged(item.Metadata));
            Assert.Equal(input.AppId, Labels.Owner(item.Metadata));
            Assert.Equal("demo", item.Metadata.Labels[Labels.Project]);
            Assert.Equal("shop", item.Metadata.Labels[Labels.AppName]);
        });
    }

    [Fact]
    public void A_rollout_never_has_fewer_replicas_than_asked_for()
    {
        var strategy = Deployment(Inputs.App).Spec.Strategy;

        Assert.Equal(("RollingUpdate", "0", "1"), (strategy.Type, strategy.RollingUpdate.MaxUnavailable.Value, strategy.RollingUpdate.MaxSurge.Value));
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    public void A_stopped_app_has_no_replicas(bool stopped, int replicas) =>
        Assert.Equal(replicas, Deployment(Inputs.With(s => s with { Replicas = 3 }) with { Stopped = stopped }).Spec.Replicas);

    [Fact]
    public void Only_the_app_s_id_selects_its_pods_so_that_the_selector_never_changes() =>
        Assert.Equal([Labels.AppId], Deployment(Inputs.App).Spec.Selector.MatchLabels.Keys);

    [Fact]
    public void Pods_name_their_release() => Assert.Equal("7", Deployment(Inputs.App).Spec.Template.Metadata.Labels[Labels.Release]);

    [Fact]
    public void A_restart_changes_the_pods_and_nothing_else()
    {
        var before = Deployment(Inputs.App);
        var after = Deployment(Inputs.App with { RestartedAt = DateTimeOffset.UnixEpoch });

        Assert.NotEqual(Json(before), Json(after));
        after.Spec.Template.Metadata.Annotations = null;
        Assert.Equal(Json(before), Json(after));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("127.0.0.1:5000/shop", "Always")]
    [InlineData("127.0.0.1:5000/shop:1", "IfNotPresent")]
    [InlineData("ghcr.io/team/shop:1.4", "IfNotPresent")]
    [InlineData("ghcr.io/team/shop@sha256:0123", "IfNotPresent")]
    public void A_tag_that_moves_is_looked_up_at_every_start(string image, string policy) =>
        Assert.Equal(policy, Container(Inputs.With(s => s with { Image = image })).ImagePullPolicy);

    [Fact]
    public void An_operator_can_have_every_start_ask_the_registry() => Assert.Equal("Always",
        Container(Inputs.App with { Settings = Inputs.Settings with { Options = new() { AlwaysPullImages = true } } }).ImagePullPolicy);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$HOME", "$$HOME")]
    [InlineData("$(HOME)", "$$(HOME)")]
    [InlineData("$$", "$$$$")]
    [InlineData("a \"b\"\n😀", "a \"b\"\n😀")]
    public void Commands_and_arguments_arrive_as_they_were_written(string written, string rendered)
    {
        var container = Container(Inputs.With(s => s with { Command = [written], Arguments = [written, written] }));

        Assert.Equal([rendered], container.Command);
        Assert.Equal([rendered, rendered], container.Args);
    }

    [Fact]
    public void An_image_s_own_command_is_left_alone()
    {
        Assert.Null(Container(Inputs.App).Command);
        Assert.Null(Container(Inputs.App).Args);
    }

    [Theory]
    [InlineData("$x \"quoted\" 'single'")]
    [InlineData("two\nlines\r\n\ttab")]
    [InlineData("😀 é")]
    [InlineData("")]
    public void The_environment_is_byte_exact(string value)
    {
        var input = Inputs.App with { Environment = new Dictionary<string, string> { ["VALUE"] = value } };
        var secret = Inputs.Find<V1Secret>(input)!;

        Assert.Equal(Encoding.UTF8.GetBytes(value), secret.Data["VALUE"]);
        Assert.Equal("shop-env-7", secret.Metadata.Name);
        Assert.Equal("shop-env-7", Assert.Single(Container(input).EnvFrom).SecretRef.Name);
    }

    [Fact]
    public void Without_variables_there_is_no_secret()
    {
        Assert.Null(Inputs.Find<V1Secret>(Inputs.App));
        Assert.Null(Container(Inputs.App).EnvFrom);
    }

    [Fact]
    public void The_app_is_told_its_port()
    {
        var variable = Assert.Single(Container(Inputs.App).Env);

        Assert.Equal(("PORT", "8080"), (variable.Name, variable.Value));
    }

    [Fact]
    public void A_port_variable_of_the_app_s_own_wins() =>
        Assert.Null(Container(Inputs.App with { Environment = new Dictionary<string, string> { ["PORT"] = "9" } }).Env);

    [Theory]
    [InlineData(0.01, 8, "10m", "8Mi", "10m", "8Mi")]
    [InlineData(0.5, 256, "500m", "256Mi", "25m", "64Mi")]
    [InlineData(1, 1024, "1", "1Gi", "50m", "256Mi")]
    [InlineData(1.5, 1536, "1500m", "1536Mi", "75m", "384Mi")]
    [InlineData(64, 1048576, "64", "1Ti", "3200m", "256Gi")]
    public void Limits_are_as_asked_and_requests_are_always_set(double cpu, int memory, string cpuLimit, string memoryLimit, string cpuRequest, string memoryRequest)
    {
        var resources = Container(Inputs.With(s => s with { Resources = new((decimal)cpu, memory) })).Resources;

        Assert.Equal((cpuLimit, memoryLimit), (resources.Limits["cpu"].ToString(), resources.Limits["memory"].ToString()));
        Assert.Equal((cpuRequest, memoryRequest), (resources.Requests["cpu"].ToString(), resources.Requests["memory"].ToString()));
    }

    [Fact]
    public void A_container_may_do_what_ordinary_images_need_and_no_more()
    {
        var pod = Deployment(Inputs.App).Spec.Template.Spec;
        var security = Container(Inputs.App).SecurityContext;

        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.Equal((false, false, "app"), (pod.AutomountServiceAccountToken, pod.EnableServiceLinks, pod.ServiceAccountName));
        Assert.False(security.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], security.Capabilities.Drop);
        Assert.Equal(["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"], security.Capabilities.Add);
    }

    [Theory]
    [InlineData(8080, null, "tcp", null, null)]
    [InlineData(8080, "/healthz", "http", "http", "http")]
    [InlineData(null, null, null, null, null)]
    public void Probes_follow_from_what_is_known_of_the_app(int? port, string? path, string? readiness, string? startup, string? liveness)
    {
        var container = Container(Inputs.With(s => s with { Port = port, HealthPath = path }));

        Assert.Equal((readiness, startup, liveness), (How(container.ReadinessProbe), How(container.StartupProbe), How(container.LivenessProbe)));
        // See FieldOwnership: a default that is not named here stays behind when the probe goes.
        Assert.All(new[] { container.ReadinessProbe, container.StartupProbe, container.LivenessProbe }.OfType<V1Probe>(), probe =>
            Assert.DoesNotContain(null, new object?[] { probe.PeriodSeconds, probe.TimeoutSeconds, probe.SuccessThreshold, probe.FailureThreshold }));

        static string? How(V1Probe? probe) => probe is null ? null : probe.HttpGet is not null ? "http" : "tcp";
    }

    [Theory]
    [InlineData(false, "exec")]
    [InlineData(true, "sleep")]
    public void A_replica_that_is_taken_away_serves_until_nobody_sends_it_anything(bool preStopSleep, string how)
    {
        var hook = Container(Inputs.App with { Settings = Inputs.Settings with { PreStopSleep = preStopSleep } }).Lifecycle.PreStop;

        Assert.Equal(how, hook.Sleep is not null ? "sleep" : "exec");
        Assert.Equal(hook.Sleep is null ? ["sleep", "2"] : null, hook.Exec?.Command);
    }

    [Fact]
    public void A_worker_needs_no_such_pause() => Assert.Null(Container(Inputs.With(s => s with { Port = null })).Lifecycle);

    [Theory]
    [InlineData(1, false, true, null)]
    [InlineData(2, false, true, "policy/v1")]
    [InlineData(2, false, false, "policy/v1beta1")]
    [InlineData(2, true, true, null)]
    public void From_two_replicas_on_nodes_are_drained_one_replica_at_a_time(int replicas, bool stopped, bool policyV1, string? version)
    {
        var input = Inputs.With(s => s with { Replicas = replicas }) with { Stopped = stopped, Settings = Inputs.Settings with { PolicyV1 = policyV1 } };

        Assert.Equal(version, Inputs.Find<V1PodDisruptionBudget>(input)?.ApiVersion);
    }

    private static V1Deployment Deployment(RenderInput input) => Inputs.Find<V1Deployment>(input)!;

    private static V1Container Container(RenderInput input) => Assert.Single(Deployment(input).Spec.Template.Spec.Containers);

    private static string Json(object item) => KubernetesJson.Serialize(item);
}
