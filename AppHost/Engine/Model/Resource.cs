using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something the application consists of: a process, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>Lower-case name, unique in the application.</summary>
    string Name { get; }

    /// <summary>Everything said about the resource, in the order it was said.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>One thing said about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>The things said about a resource.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>A resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that listens somewhere.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource others find by name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>A resource that can be told to start after another.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that lives and dies with another.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The resource it belongs to.</summary>
    IResource Parent { get; }
}

/// <summary>A resource reached by a connection string.</summary>
public interface IResourceWithConnectionString : IResource
{
    /// <summary>How to connect, in terms of parameters and endpoints.</summary>
    ReferenceExpression ConnectionStringExpression { get; }
}

/// <summary>A resource with a name.</summary>
public abstract class Resource : IResource
{
    /// <summary>Makes a resource; the name is a lower-case DNS label, for it becomes part of variable and object names.</summary>
    protected Resource(string name)
    {
        if (name.Length is 0 or > 63 || !name.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-') || name[0] == '-' || name[^1] == '-')
        {
            throw new ArgumentException($"'{name}' is no resource name: use a-z, 0-9 and '-', at most 63 of them.", nameof(name));
        }

        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ResourceAnnotationCollection Annotations { get; } = [];
}

/// <summary>A .NET project, run from its built output.</summary>
public sealed class ProjectResource(string name, string projectPath)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>Absolute path of the project file.</summary>
    public string ProjectPath { get; } = projectPath;
}

/// <summary>Any program.</summary>
public sealed class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>The program: a path, or a name looked up in PATH.</summary>
    public string Command { get; } = command;

    /// <summary>Absolute path of the folder it runs in.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A value from outside, perhaps a secret.</summary>
public sealed class ParameterResource(string name, Func<string> value, bool secret) : Resource(name), IValueProvider
{
    /// <summary>True when the value must not be shown.</summary>
    public bool Secret { get; } = secret;

    /// <summary>True when a published chart may carry the value as its default.</summary>
    public bool PublishValueAsDefault { get; init; }

    /// <summary>The value, read when it is needed.</summary>
    /// <exception cref="DistributedApplicationException">It has none.</exception>
    public string Value => value();

    string IValueProvider.Resolve(ValueResolver resolver) => resolver.Parameter(this);
}
