using System.Text.RegularExpressions;
using Slipway.Tests.Infrastructure;
using YamlDotNet.RepresentationModel;

namespace Slipway.Tests.Unit.Deploy;

/// <summary>The cluster definition and the page in <c>deploy/k0s</c>.</summary>
public sealed partial class K0sTests
{
    private static readonly string Folder = Path.Combine(TestEnvironment.Repository, "deploy", "k0s");

    [Fact]
    public void The_cluster_survives_the_loss_of_a_machine_and_runs_apps_on_every_one()
    {
        var hosts = Sequence(Definition(), "spec", "hosts").ToList();
        Assert.Equal(3, hosts.Count);
        Assert.All(hosts, host =>
        {
            Assert.Equal("controller+worker", Text(host, "role"));
            Assert.Equal("true", Text(host, "noTaints"));
            var flags = Sequence(host, "installFlags").Select(f => f.ToString()).ToList();
            Assert.Contains("--profile=slipway", flags);
            Assert.Contains("--enable-metrics-scraper", flags);
            Assert.Contains("--kubelet-extra-args=--containerd=/run/k0s/containerd.sock", flags);
        });
        Assert.Equal(3, hosts.Select(host => Text(host, "ssh", "address")).Distinct().Count());
        Assert.Equal(hosts.Select(host => Text(host, "ssh", "address")), Sequence(Definition(), "spec", "k0s", "config", "spec", "api", "sans").Select(s => s.ToString()));
    }

    [Fact]
    public void The_cluster_has_network_policies_a_limit_of_processes_and_metrics_for_Prometheus()
    {
        var config = At(Definition(), "spec", "k0s", "config", "spec");
        Assert.Equal("etcd", Text(config, "storage", "type"));
        Assert.Equal("kuberouter", Text(config, "network", "provider"));
        Assert.Equal("true", Text(config, "network", "nodeLocalLoadBalancing", "enabled"));
        var profile = Assert.Single(Sequence(config, "workerProfiles"));
        Assert.Equal("slipway", Text(profile, "name"));
        Assert.InRange(int.Parse(Text(profile, "values", "podPidsLimit")), 128, 4096);
        Assert.Equal("false", Text(profile, "values", "authentication", "anonymous", "enabled"));
        Assert.Equal("true", Text(profile, "values", "authentication", "webhook", "enabled"));
        Assert.Equal("Webhook", Text(profile, "values", "authorization", "mode"));
        Assert.Matches(@"^v1\.\d+\.\d+\+k0s\.\d+$", Text(Definition(), "spec", "k0s", "version"));
    }

    [Fact]
    public void Every_option_of_platform_that_the_page_names_is_in_its_usage()
    {
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        var named = Commands().Matches(page.Replace("\\\n", " ", StringComparison.Ordinal))
            .SelectMany(command => Options().Matches(command.Groups["rest"].Value).Select(option => (Command: command.Groups["name"].Value, Option: option.Value))).Distinct().ToList();
        Assert.Contains(("install", "--registry"), named);
        Assert.Contains(("uninstall", "--with-data"), named);
        var scripts = string.Join('\n', Directory.GetFiles(Path.Combine(TestEnvironment.Repository, "deploy", "local", "platform"), "*.sh").Append(Path.Combine(TestEnvironment.Repository, "platform")).Select(File.ReadAllText));
        // The command and this page come by separate changes.
        if (scripts.Contains("uninstall)", StringComparison.Ordinal))
        {
            var missing = named.Where(n => !Usage(scripts, n.Command).Contains(n.Option, StringComparison.Ordinal)).ToList();
            Assert.True(missing.Count == 0, $"The page names what the usage does not: {string.Join(", ", missing)}");
        }
    }

    // INSTALL_USAGE is also the end of UNINSTALL_USAGE.
    private static string Usage(string scripts, string command) =>
        Regex.Match(scripts, $@"\b{command.ToUpperInvariant()}_USAGE='(?<text>[^']*)'").Groups["text"].Value;

    private static YamlNode Definition()
    {
        var yaml = new YamlStream();
        using var file = File.OpenText(Path.Combine(Folder, "k0sctl.yaml"));
        yaml.Load(file);
        return Assert.Single(yaml.Documents).RootNode;
    }

    private static YamlNode At(YamlNode node, params IEnumerable<string> path) => path.Aggregate(node, (at, name) => at[name]);

    private static string Text(YamlNode node, params IEnumerable<string> path) => At(node, path).ToString();

    private static YamlSequenceNode Sequence(YamlNode node, params IEnumerable<string> path) => (YamlSequenceNode)At(node, path);

    [GeneratedRegex(@"\./platform (?<name>install|uninstall)(?<rest>[^`\n]*)")]
    private static partial Regex Commands();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex Options();
}
