using System.Diagnostics;
using System.Text.RegularExpressions;
using Slipway.Tests.Infrastructure;
using YamlDotNet.Serialization;

namespace Slipway.Tests.AppHost;

/// <summary>The AppHost publishes a chart, and a real API server takes every object of it together with deploy/k0s.</summary>
public sealed partial class ChartTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("slipway-chart-").FullName;

    [Fact]
    public async Task The_published_chart_with_the_overlay_is_accepted_by_the_cluster()
    {
        var chart = Path.Combine(_folder, "chart");
        var published = await Run("dotnet", TestEnvironment.Assembly("AppHost"), "--operation", "publish", "--step", "publish", "--output-path", chart);
        Assert.Contains("written to", published, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "home")), "publishing has no business in the state folder");

        var space = $"chart-{Guid.NewGuid():N}"[..20];
        var overlay = await PrepareOverlay(space, Template(chart));
        var objects = Path.Combine(_folder, "all.yaml");
        await File.WriteAllTextAsync(objects, await Run("kubectl", "kustomize", overlay));

        // A dry run of namespaced objects needs their namespace to be there.
        await Run("kubectl", "create", "namespace", space);
        try
        {
            var answer = await Run("kubectl", "apply", "--dry-run=server", "-f", objects);
            foreach (var name in new[]
                     {
                         "deployment.apps/api-deployment", "deployment.apps/web-deployment", "statefulset.apps/postgres-statefulset",
                         "service/api-service", "service/web-service", "service/postgres-service", "configmap/api-config", "secret/api-secrets",
                         "clusterrole.rbac.authorization.k8s.io/slipway-api", "ingress.networking.k8s.io/slipway",
                     })
            {
                Assert.Contains($"{name} created (server dry run)", answer, StringComparison.Ordinal);
            }
        }
        finally
        {
            await Run("kubectl", "delete", "namespace", space, "--wait=false");
        }

        var all = await File.ReadAllTextAsync(objects);
        Assert.Contains("claimName: postgres-data", all, StringComparison.Ordinal);
        Assert.Contains("serviceAccountName: slipway-api", all, StringComparison.Ordinal);
        Assert.Contains("Password=pass-word;Database=slipway", all, StringComparison.Ordinal);
        // What the chart has no values for is there beside what it has.
        var parts = all.Split("\n---\n");
        Assert.Contains(parts, p => p.Contains("name: api-config", StringComparison.Ordinal) && p.Contains("Smtp__Host: smtp.example.org", StringComparison.Ordinal) && p.Contains("Exposure__Domain", StringComparison.Ordinal));
        Assert.Contains(parts, p => p.Contains("name: api-secrets", StringComparison.Ordinal) && p.Contains("Oidc__ClientSecret", StringComparison.Ordinal) && p.Contains("Encryption__Key: a-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Secrets_are_left_for_the_operator_to_set()
    {
        await Run("dotnet", TestEnvironment.Assembly("AppHost"), "--operation", "publish", "--step", "publish", "--output-path", _folder);
        var values = Values(Path.Combine(_folder, "values.yaml"));
        Assert.Equal("", values["secrets.api.encryption_key"]);
        Assert.Equal("", values["secrets.api.alerts_token"]);
        Assert.Equal("", values["secrets.api.metrics_token"]);
        Assert.Equal("", values["secrets.postgres.postgres_password"]);
        Assert.Equal("8080", values["parameters.api.port_http"]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What `helm template` does with expressions as simple as the chart's: puts values in their place.</summary>
    static string Template(string chart)
    {
        var values = Values(Path.Combine(chart, "values.yaml"));
        values["secrets.api.encryption_key"] = "a-key";
        values["secrets.api.alerts_token"] = values["secrets.api.metrics_token"] = "a-token";
        values["secrets.postgres.postgres_password"] = "pass-word";
        var templates = Directory.EnumerateFiles(Path.Combine(chart, "templates"), "*.yaml", SearchOption.AllDirectories).Select(File.ReadAllText);
        return Expression().Replace(string.Concat(templates), match => match.Groups[1].Value switch
        {
            "Chart.Name" or "Release.Name" => "slipway",
            var path => values[path["Values.".Length..]],
        });
    }

    async Task<string> PrepareOverlay(string space, string chart)
    {
        var overlay = Directory.CreateDirectory(Path.Combine(_folder, "overlay")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TestEnvironment.Repository, "deploy", "k0s"), "*.yaml"))
        {
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(
                Path.Combine(overlay, Path.GetFileName(file)),
                text.Replace("namespace: slipway\n", $"namespace: {space}\n", StringComparison.Ordinal)
                    .Replace("kind: Namespace\nmetadata:\n  name: slipway\n", $"kind: Namespace\nmetadata:\n  name: {space}\n", StringComparison.Ordinal));
        }

        await File.WriteAllTextAsync(Path.Combine(overlay, "chart.yaml"), chart);
        // As an operator does who wants all of them.
        var settings = await File.ReadAllTextAsync(Path.Combine(overlay, "settings.example.yaml"));
        await File.WriteAllTextAsync(Path.Combine(overlay, "settings.yaml"), settings.Replace("  # ", "  ", StringComparison.Ordinal));
        return overlay;
    }

    static Dictionary<string, string> Values(string file)
    {
        var values = new Dictionary<string, string>();
        Walk("", new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>>(File.ReadAllText(file)));
        return values;

        void Walk(string path, Dictionary<object, object?> part)
        {
            foreach (var (key, value) in part)
            {
                if (value is Dictionary<object, object?> deeper)
                {
                    Walk($"{path}{key}.", deeper);
                }
                else
                {
                    values[$"{path}{key}"] = $"{value}";
                }
            }
        }
    }

    async Task<string> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = TestEnvironment.KubeConfig;
        start.Environment["SLIPWAY_HOME"] = Path.Combine(_folder, "home");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output}{await errors}");
        return await output;
    }

    [GeneratedRegex(@"\{\{ \.([A-Za-z0-9_.]+) \}\}", RegexOptions.None, 1000)]
    private static partial Regex Expression();
}
