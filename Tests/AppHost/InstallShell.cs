using System.Diagnostics;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.AppHost;

/// <summary>Runs <c>./platform</c>, or the steps of its <c>install</c>, and gives what they print and their exit code.</summary>
sealed class InstallShell : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-install-").FullName;

    /// <summary>Applies these manifests as an installation in the namespace does, and waits until they serve.</summary>
    public async Task<(int Code, string Output)> Apply(string space, string manifests, CancellationToken cancel)
    {
        var rendered = Directory.CreateDirectory(Path.Combine(folder, "rendered", "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(rendered, "kustomization.yaml"), $"namespace: {space}\nresources: [all.yaml]\n", cancel);
        await File.WriteAllTextAsync(Path.Combine(rendered, "all.yaml"), manifests, cancel);
        const string Steps = """
            set -eu
            LOCAL=$ROOT/deploy/local
            for part in steps install values apply; do . "$LOCAL/platform/$part.sh"; done
            home
            namespace=$1 rendered=$2 timeout=120
            ensure_installation_secret
            apply_manifests
            wait_until_it_serves
            """;
        return await Run("bash", ["-c", Steps, "install", space, Path.GetDirectoryName(rendered)!], cancel);
    }

    public Task<(int Code, string Output)> Platform(string[] arguments, CancellationToken cancel) =>
        Run(Path.Combine(TestEnvironment.Repository, "platform"), arguments, cancel);

    /// <summary>What kubectl prints; the test fails where kubectl does.</summary>
    public async Task<string> Kubectl(CancellationToken cancel, params string[] arguments)
    {
        var (code, output) = await Run("kubectl", arguments, cancel);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)}: {output}");
        return output;
    }

    private async Task<(int Code, string Output)> Run(string program, string[] arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = TestEnvironment.KubeConfig;
        start.Environment["SLIPWAY_HOME"] = Path.Combine(folder, "home");
        start.Environment["ROOT"] = TestEnvironment.Repository;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output + await errors);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
