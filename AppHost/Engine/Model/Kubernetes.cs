using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;

namespace Aspire.Hosting
{
    /// <summary>Says that the application is published as a Helm chart.</summary>
    public static class KubernetesEnvironmentExtensions
    {
        /// <summary>Adds Kubernetes as the place to publish to.</summary>
        public static IResourceBuilder<KubernetesEnvironmentResource> AddKubernetesEnvironment(this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new KubernetesEnvironmentResource(name));

        /// <summary>Sets properties of the environment.</summary>
        public static IResourceBuilder<KubernetesEnvironmentResource> WithProperties(
            this IResourceBuilder<KubernetesEnvironmentResource> builder, Action<KubernetesEnvironmentResource> configure)
        {
            configure(builder.Resource);
            return builder;
        }

        /// <summary>Describes the chart.</summary>
        public static IResourceBuilder<KubernetesEnvironmentResource> WithHelm(
            this IResourceBuilder<KubernetesEnvironmentResource> builder, Action<HelmChartOptions>? configure = null)
        {
            configure?.Invoke(builder.Resource.Chart);
            return builder;
        }

        /// <summary>This engine publishes no dashboard; the parameter is here so that the model reads the same for both engines.</summary>
        public static IResourceBuilder<KubernetesEnvironmentResource> WithDashboard(this IResourceBuilder<KubernetesEnvironmentResource> builder, bool enabled = true)
        {
            builder.Resource.DashboardEnabled = enabled;
            return builder;
        }
    }
}

namespace Aspire.Hosting.Kubernetes
{
    /// <summary>Kubernetes as the place to publish to.</summary>
    public sealed class KubernetesEnvironmentResource(string name) : Resource(name)
    {
        /// <summary>Not published by this engine.</summary>
        public bool DashboardEnabled { get; set; } = true;

        /// <summary>How a data volume is kept: <c>emptyDir</c> or <c>pvc</c>.</summary>
        public string DefaultStorageType { get; set; } = "emptyDir";

        /// <summary>The class of claimed volumes; the cluster's default when null.</summary>
        public string? DefaultStorageClassName { get; set; }

        /// <summary>The size of claimed volumes.</summary>
        public string DefaultStorageSize { get; set; } = "1Gi";

        /// <summary>When images are pulled.</summary>
        public string DefaultImagePullPolicy { get; set; } = "IfNotPresent";

        internal HelmChartOptions Chart { get; } = new();
    }

    /// <summary>A chart's description.</summary>
    public sealed class HelmChartOptions
    {
        internal HelmChartOptions()
        {
        }

        internal string ChartName { get; private set; } = "aspire";

        internal string ChartVersion { get; private set; } = "0.1.0";

        internal string? Namespace { get; private set; }

        internal string? ReleaseName { get; private set; }

        /// <summary>The chart's name.</summary>
        public HelmChartOptions WithChartName(string name)
        {
            ChartName = name;
            return this;
        }

        /// <summary>The chart's version (semantic versioning).</summary>
        public HelmChartOptions WithChartVersion(string version)
        {
            ChartVersion = version;
            return this;
        }

        /// <summary>The namespace it is meant for.</summary>
        public HelmChartOptions WithNamespace(string @namespace)
        {
            Namespace = @namespace;
            return this;
        }

        /// <summary>The release it is meant for.</summary>
        public HelmChartOptions WithReleaseName(string releaseName)
        {
            ReleaseName = releaseName;
            return this;
        }
    }
}
