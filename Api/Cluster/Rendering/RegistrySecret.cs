using System.Text;
using System.Text.Json;
using k8s.Models;
using Slipway.Contracts;

namespace Slipway.Api.Cluster.Rendering;

/// <summary>A sign-in to a registry, decrypted.</summary>
public sealed record RegistryLogin(string Host, string Username, string Password);

/// <summary>
/// The Secret with a project's sign-ins to registries. It is always there, so that the service account can name it from the beginning:
/// pods take the names of such Secrets over when they are created, and read them whenever they fetch an image.
/// </summary>
public static class RegistrySecret
{
    /// <summary>The Secret's name. An app's environment ends in a number, so no app has it.</summary>
    public const string Name = "slipway-registries";

    // Docker Hub's place in such a file, older than its name in image links (kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry).
    private const string DockerHub = "https://index.docker.io/v1/";

    internal static V1Secret Render(V1ObjectMeta metadata, IReadOnlyList<RegistryLogin> logins) => new()
    {
        ApiVersion = "v1",
        Kind = V1Secret.KubeKind,
        Metadata = metadata,
        Type = "kubernetes.io/dockerconfigjson",
        Data = new Dictionary<string, byte[]>
        {
            [".dockerconfigjson"] = JsonSerializer.SerializeToUtf8Bytes(new
            {
                auths = logins.OrderBy(l => l.Host, StringComparer.Ordinal).ToDictionary(
                    l => l.Host == RegistryRules.DockerHub ? DockerHub : l.Host,
                    l => new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{l.Username}:{l.Password}")) }),
            }),
        },
    };
}
