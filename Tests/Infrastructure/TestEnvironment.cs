using System.Reflection;

namespace Slipway.Tests.Infrastructure;

/// <summary>What <c>./platform test</c> prepares and hands over in environment variables.</summary>
static class TestEnvironment
{
    /// <summary>The kubeconfig of the cluster to test against, with every right in it.</summary>
    public static string KubeConfig => Require("KUBECONFIG", "a kubeconfig of the cluster to test against");

    /// <summary>A connection string to a PostgreSQL server, as a role that may create databases.</summary>
    public static string Postgres => Require("SLIPWAY_TEST_POSTGRES", "a connection string to a PostgreSQL server");

    /// <summary>The registry that holds the sample images, as the cluster's nodes reach it.</summary>
    public static string Registry => Require("SLIPWAY_TEST_REGISTRY", "the registry of the sample images");

    /// <summary>The browser.</summary>
    public static string Chromium => Require("SLIPWAY_CHROMIUM", "the path of Chromium");

    /// <summary>The assembly that the build made of the project with this name.</summary>
    public static string Assembly(string project) => Metadata($"{project}Path");

    /// <summary>Where screenshots and logs of a run go.</summary>
    public static string Results { get; } =
        Directory.CreateDirectory(Path.Combine(Metadata("RepositoryRoot"), "artifacts", "test-results")).FullName;

    /// <summary>Where the projects' sources are.</summary>
    public static string Repository => Metadata("RepositoryRoot");

    /// <summary>Image references of the samples.</summary>
    public static string Sample(string nameAndTag) => $"{Registry}/{nameAndTag}";

    private static string Require(string variable, string what) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{variable} ({what}) is not set; run the tests with './platform test', which prepares everything.");

    private static string Metadata(string key) =>
        typeof(TestEnvironment).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value
        ?? throw new InvalidOperationException($"The build left out where {key} is.");
}
