using System.Diagnostics;

namespace Slipway.Tests.Infrastructure;

/// <summary>A registry on this machine that hands out nothing without its one account's password.</summary>
sealed class PrivateRegistry : IAsyncDisposable
{
    public const string Username = "puller", Password = "a password of the registry alone 5521";

    // bcrypt of the password: the only scheme that the registry takes.
    private const string PasswordFile = $"{Username}:$2b$04$YkJ00LRx.TQKRHhjn0yD8.sYl9rqjMI1JqP8pvDD37Fh9zL5KRK86\n";

    private readonly string folder;
    private readonly ChildProcess process;

    private PrivateRegistry(string folder, int port, ChildProcess process)
    {
        (this.folder, this.process) = (folder, process);
        Host = $"127.0.0.1:{port}";
    }

    /// <summary>As it is written in image links.</summary>
    public string Host { get; }

    /// <summary>Starts one that has the samples with these names and tags.</summary>
    public static async Task<PrivateRegistry> Start(params string[] samples)
    {
        var place = Directory.CreateTempSubdirectory("slipway-registry-").FullName;
        await File.WriteAllTextAsync(Path.Combine(place, "passwords"), PasswordFile);
        var port = ChildProcess.FreePort();
        await File.WriteAllTextAsync(Path.Combine(place, "config.yml"), $$"""
            version: 0.1
            log: {level: warn}
            storage:
              filesystem:
                rootdirectory: {{place}}/data
            http:
              addr: 127.0.0.1:{{port}}
            auth:
              htpasswd:
                realm: test
                path: {{place}}/passwords
            """);
        var registry = new PrivateRegistry(place, port, ChildProcess.Start("registry", ["docker-registry", "serve", Path.Combine(place, "config.yml")], new Dictionary<string, string?>()));
        try
        {
            await registry.process.WaitFor(new($"http://127.0.0.1:{port}/"), TimeSpan.FromSeconds(30));
            foreach (var sample in samples)
            {
                await registry.Take(sample);
            }

            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>The link of a sample here.</summary>
    public string Image(string nameAndTag) => $"{Host}/{nameAndTag}";

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Take(string sample)
    {
        var start = new ProcessStartInfo("skopeo",
        [
            "copy", "--quiet", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds", $"{Username}:{Password}",
            $"docker://{TestEnvironment.Sample(sample)}", $"docker://{Image(sample)}",
        ])
        { UseShellExecute = false, RedirectStandardError = true };
        using var copy = Process.Start(start)!;
        var said = await copy.StandardError.ReadToEndAsync();
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0)
        {
            throw new InvalidOperationException($"{sample} could not be copied: {said}");
        }
    }
}
