using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Says what an application consists of.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Environment variables and command-line options, the later winning.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Whether the application is to be run or published.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The folder of the AppHost project; relative paths start here.</summary>
    string AppHostDirectory { get; }

    /// <summary>The resources added so far.</summary>
    IReadOnlyList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <exception cref="DistributedApplicationException">The name is taken.</exception>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>Ends the description.</summary>
    DistributedApplication Build();
}

/// <summary>What the application model is made for.</summary>
public sealed class DistributedApplicationExecutionContext(bool publish)
{
    /// <summary>True when processes will be started.</summary>
    public bool IsRunMode => !publish;

    /// <summary>True when a chart will be written.</summary>
    public bool IsPublishMode => publish;
}

/// <summary>How the builder is made.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>The command line.</summary>
    public string[]? Args { get; set; }

    /// <summary>The folder relative paths start from; the AppHost project's when null.</summary>
    public string? ProjectDirectory { get; set; }
}

/// <summary>The application model is wrong, or it could not be run; the message is for people.</summary>
public sealed class DistributedApplicationException : Exception
{
    /// <summary>Without a message.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>With a message for people.</summary>
    public DistributedApplicationException(string message) : base(message)
    {
    }

    /// <summary>With a message for people and what caused it.</summary>
    public DistributedApplicationException(string message, Exception inner) : base(message, inner)
    {
    }
}

sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    readonly List<IResource> _resources = [];

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        Configuration = new ConfigurationManager();
        Configuration.AddEnvironmentVariables();
        Configuration.AddCommandLine(options.Args ?? []);
        ExecutionContext = new(string.Equals(Configuration["operation"], "publish", StringComparison.OrdinalIgnoreCase));
        AppHostDirectory = options.ProjectDirectory ?? BuildMetadata.AppHostDirectory;
    }

    public ConfigurationManager Configuration { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public string AppHostDirectory { get; }

    public IReadOnlyList<IResource> Resources => _resources;

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        if (_resources.Exists(r => r.Name == resource.Name))
        {
            throw new DistributedApplicationException($"There are two resources named '{resource.Name}'.");
        }

        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build() => new(Configuration, ExecutionContext, AppHostDirectory, _resources);
}

/// <summary>What the build wrote into the assembly: where the AppHost and the outputs of its projects are.</summary>
static class BuildMetadata
{
    static readonly Dictionary<string, string?> Values = typeof(BuildMetadata).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(a => a.Key, a => a.Value);

    public static string AppHostDirectory => Values.GetValueOrDefault("AppHostDirectory") ?? Environment.CurrentDirectory;

    /// <summary>The assembly built from a project file, or null when the AppHost has no reference to it.</summary>
    public static string? OutputOf(string projectPath) => Values.GetValueOrDefault("ProjectOutput:" + projectPath);
}
