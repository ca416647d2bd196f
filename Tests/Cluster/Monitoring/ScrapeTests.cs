using System.Diagnostics;
using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Monitoring;

/// <summary>What Prometheus gets to see, with the configuration that is shipped.</summary>
public sealed class ScrapeTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Prometheus_finds_what_the_configuration_names()
    {
        var database = Own(await TestDatabase.Create());
        var api = Own(await ApiProcess.Start(database));
        var web = Own(await WebProcess.Start(api));
        var monitoring = Own(await Infrastructure.Monitoring.Start(api.Address, web.Address));
        using var user = await TestUser.Register(api);
        var project = await user.NewProject("scraped");
        await user.Client.CreateApp(project, Small("shop") with { Metrics = new(8080) });
        await user.Client.CreateApp(project, Small("off") with { Stopped = true });
        await AppIs(user.Client, project, "shop", AppState.Running);

        await Wait.UntilNothingIsMissing("every target to be up", async cancel =>
        {
            var up = await monitoring.Query("up", cancel);
            string[] jobs = ["slipway", "slipway-apps", "kubelet-cadvisor", "kubelet-resource", "kube-apiserver", "apps"];
            return jobs.Where(job => !up.Any(u => u.Labels["job"] == job)).Select(j => $"no {j}")
                .Concat(up.Where(u => u.Value != 1).Select(u => $"{u.Labels["job"]} {u.Labels["instance"]} is down")).FirstOrDefault();
        });
        string[] expected =
        [
            $$"""slipway_app_status{project="{{project}}",app="shop",status="Running"} == 1""",
            $$"""slipway_app_status{project="{{project}}",app="off",status="Stopped"} == 1""",
            $$"""slipway_apps{project="{{project}}",status="Running"} == 1""",
            $$"""slipway_app_replicas_wanted{project="{{project}}",app="shop"} == 1""",
            $$"""slipway_app_replicas_ready{project="{{project}}",app="shop"} == 1""",
            $$"""slipway_app_cpu_limit_cores{project="{{project}}",app="shop"} == 0.02""",
            $$"""slipway_app_memory_limit_bytes{project="{{project}}",app="shop"} == {{32 * 1048576}}""",
            $$"""slipway_app_restarts_total{project="{{project}}",app="shop"} == 0""",
            $$"""slipway:pod_cpu_cores{project="{{project}}",app="shop",source="cadvisor"} >= 0""",
            $$"""slipway:app_memory_bytes{project="{{project}}",app="shop",source="cadvisor"} > 0""",
            $$"""slipway:app_network_receive_bytes_per_second{project="{{project}}",app="shop"} >= 0""",
            $$"""slipway:app_cpu_limit_cores{project="{{project}}",app="shop"} == 0.02""",
            $$"""sample_up_seconds{project="{{project}}",app="shop",exported_project="not its own"} > 0""",
            """slipway_queue_depth >= 0""",
            """slipway_queue_oldest_seconds >= 0""",
            """slipway_watch_lag_seconds{kind="Pod"} == 0""",
            """slipway_deploy_duration_seconds_count > 0""",
            """slipway_reconcile_duration_seconds_count > 0""",
            """http_server_request_duration_seconds_count{job="slipway",process="api"} > 0""",
            """http_server_request_duration_seconds_count{job="slipway",process="web"} > 0""",
            """apiserver_request_total > 0""",
        ];
        foreach (var expression in expected)
        {
            await Wait.Until(expression, async cancel => (await monitoring.Query(expression, cancel)).Count > 0);
        }

        // What an app says in the platform's name is not heard.
        Assert.Empty(await monitoring.Query("""slipway_app_status{status="made up"}"""));
    }

    [Fact]
    public async Task Metrics_are_for_this_machine_alone_unless_there_is_a_token()
    {
        var api = await Platform.Api();
        using var http = api.Http();
        foreach (var path in new[] { "/metrics", "/metrics/apps", "/metrics/targets" })
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(path)).StatusCode);
            using var forwarded = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-For", "203.0.113.7" } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(forwarded)).StatusCode);
            using var proxied = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Via", "1.1 proxy" } } };
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(proxied)).StatusCode);
        }

        var database = Own(await TestDatabase.Create());
        var guarded = Own(await ApiProcess.Start(database, settings: new Dictionary<string, string?> { ["Metrics__Token"] = "open sesame" }));
        using var visitor = guarded.Http();
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/metrics")).StatusCode);
        visitor.DefaultRequestHeaders.Authorization = new("Bearer", "open");
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/metrics/apps")).StatusCode);
        visitor.DefaultRequestHeaders.Authorization = new("Bearer", "open sesame");
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/metrics/apps")).StatusCode);
    }

    [Fact]
    public async Task The_shipped_files_are_valid()
    {
        var folder = Directory.CreateTempSubdirectory("slipway-config-").FullName;
        try
        {
            var configuration = Path.Combine(folder, "prometheus.yml");
            await File.WriteAllTextAsync(configuration, await Infrastructure.Monitoring.Script("prometheus-config"));
            await Check("promtool", "check", "config", "--syntax-only", configuration);
            var shipped = Path.Combine(TestEnvironment.Repository, "deploy", "prometheus");
            await Check("promtool", ["check", "rules", .. Directory.EnumerateFiles(Path.Combine(shipped, "rules"), "*.yml")]);
            await Check("amtool", "check-config", Path.Combine(shipped, "alertmanager.yml"));

            // Debian's promtool knows nothing of Kubernetes: without that, the operator's configuration is one that it can check.
            var lines = (await File.ReadAllLinesAsync(Path.Combine(shipped, "prometheus.yml")))
                .Select(l => l.TrimStart().StartsWith("kubernetes_sd_configs:", StringComparison.Ordinal) ? """    static_configs: [{targets: ["node:1"]}]""" : l);
            await File.WriteAllLinesAsync(configuration, lines);
            await Check("promtool", "check", "config", "--syntax-only", configuration);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Check(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{await output}{await errors}");
    }
}
