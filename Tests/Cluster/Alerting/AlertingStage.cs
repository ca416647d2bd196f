using System.Text.RegularExpressions;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster.Alerting;

/// <summary>The shipped rules with short times, so that a test need not wait as long as people would.</summary>
sealed class AlertingStage : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-rules-").FullName;

    public AlertingStage()
    {
        var shipped = Path.Combine(TestEnvironment.Repository, "deploy", "prometheus", "rules");
        File.Copy(Path.Combine(shipped, "recording.yml"), Path.Combine(folder, "recording.yml"));
        var rules = File.ReadAllText(Path.Combine(shipped, "alerts.yml"));
        rules = Regex.Replace(rules, @"^( +)for: \w+$", "$1for: 2s", RegexOptions.Multiline);
        // Longer than a process takes to start again: meanwhile there are no series.
        rules = Regex.Replace(rules, @"keep_firing_for: \w+", "keep_firing_for: 30s");
        rules = rules.Replace("[5m]", "[15s]", StringComparison.Ordinal).Replace("< 600", "< 20", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "alerts.yml"), rules);
    }

    /// <summary>Changes the configuration of Prometheus so that it reads these rules.</summary>
    public string Change(string configuration) => Regex.Replace(configuration, @"rule_files: \[.*\]", $"rule_files: [\"{folder}/*.yml\"]");

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
