using k8s;
using k8s.KubeConfigModels;

namespace Slipway.Tests.Infrastructure;

/// <summary>Kubeconfigs that lead to the test cluster by another way.</summary>
static class KubeConfigs
{
    /// <summary>The address of the test cluster's API server.</summary>
    public static Uri Server => new(TestCluster.Configuration().Host);

    /// <summary>Writes a copy of the test cluster's kubeconfig that goes to <paramref name="address"/>, and returns its path.</summary>
    /// <param name="credentials">False where what listens there has the credentials itself.</param>
    public static string Write(Uri address, bool credentials)
    {
        var config = KubernetesClientConfiguration.LoadKubeConfig(TestEnvironment.KubeConfig);
        var context = config.Contexts.Single(c => c.Name == config.CurrentContext);
        var cluster = config.Clusters.Single(c => c.Name == context.ContextDetails.Cluster);
        cluster.ClusterEndpoint.Server = address.ToString().TrimEnd('/');
        if (address.Scheme == Uri.UriSchemeHttps && Server.Host != address.Host)
        {
            cluster.ClusterEndpoint.TlsServerName = Server.Host;
        }

        if (!credentials)
        {
            cluster.ClusterEndpoint.CertificateAuthorityData = null;
            cluster.ClusterEndpoint.CertificateAuthority = null;
            // Some credentials have to be there.
            config.Users = [.. config.Users.Select(u => new User { Name = u.Name, UserCredentials = new UserCredentials { Token = "none" } })];
        }

        config.Clusters = [cluster];
        // The directory is made with mode 0700: the file holds credentials.
        var path = Path.Combine(Directory.CreateTempSubdirectory("slipway-test-").FullName, "kubeconfig");
        File.WriteAllText(path, KubernetesYaml.Serialize(config));
        return path;
    }

    /// <summary>Deletes what <see cref="Write"/> wrote.</summary>
    public static void Delete(string path) => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
}
