using System.Diagnostics;
using System.Text.RegularExpressions;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Unit.Notifications;

/// <summary>The rules that Prometheus evaluates.</summary>
public sealed class AlertRuleTests
{
    private static readonly string Folder = Path.Combine(TestEnvironment.Repository, "deploy", "prometheus");

    [Fact]
    public async Task The_rules_do_what_their_own_tests_say()
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["test", "rules", Path.Combine(Folder, "tests", "alerts.yml")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (promtool.StandardOutput.ReadToEndAsync(), promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        Assert.True(promtool.ExitCode == 0, $"{await output}{await errors}");
    }

    [Fact]
    public void The_rules_are_those_that_the_portal_knows_with_the_same_severity()
    {
        var file = Regex.Matches(File.ReadAllText(Path.Combine(Folder, "rules", "alerts.yml")), @"- alert: (\w+).*?severity: (\w+)", RegexOptions.Singleline).Select(m => (m.Groups[1].Value, m.Groups[2].Value));
        Assert.Equal(AlertRules.OfApps.Concat(AlertRules.OfPlatform).Select(r => (r.Name, r.Severity.ToString().ToLowerInvariant())), file);
    }

    [Fact]
    public void Every_rule_with_a_threshold_joins_it()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "rules", "alerts.yml"));
        var joined = Regex.Matches(text, @"slipway_app_threshold\{job=""slipway-apps"", rule=""(\w+)""\}").Select(m => m.Groups[1].Value);
        Assert.Equal(AlertRules.OfApps.Where(r => r.Threshold is not null).Select(r => r.Name), joined);
    }
}
