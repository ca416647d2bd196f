using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds resources that are processes.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a .NET project; its path is relative to the AppHost's folder.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath) =>
        builder.AddProject(name, projectPath, launchProfileName: null);

    /// <summary>Adds a .NET project. This engine reads no launch profiles: endpoints and variables are said in the model.</summary>
    public static IResourceBuilder<ProjectResource> AddProject(
        this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName)
    {
        if (launchProfileName is not null)
        {
            throw new DistributedApplicationException($"Resource '{name}': this engine reads no launch profiles.");
        }

        return builder.AddResource(new ProjectResource(name, Path.GetFullPath(projectPath, builder.AppHostDirectory)));
    }

    /// <summary>How many pods a published project has; here it is run once.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicasAnnotation(replicas));
}

/// <summary>Adds programs.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <summary>Adds a program; the working directory is relative to the AppHost's folder.</summary>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args) =>
        builder.AddResource(new ExecutableResource(name, command, Path.GetFullPath(workingDirectory, builder.AppHostDirectory)))
            .WithAnnotation(new ArgumentsAnnotation(args ?? []));
}

/// <summary>Adds values from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a value read from <c>Parameters:NAME</c> of the configuration.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name,
            () => builder.Configuration[$"Parameters:{name}"]
                ?? throw new DistributedApplicationException($"Parameter '{name}' has no value: set Parameters__{name.Replace('-', '_')}."),
            secret));

    /// <summary>Adds a value; <c>Parameters:NAME</c> of the configuration wins over it.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, () => builder.Configuration[$"Parameters:{name}"] ?? value, secret)
        {
            PublishValueAsDefault = publishValueAsDefault,
        });

    /// <summary>Adds a connection string read from <c>ConnectionStrings:NAME</c> of the configuration.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(this IDistributedApplicationBuilder builder, string name)
    {
        var value = new ParameterResource(
            name,
            () => builder.Configuration[$"ConnectionStrings:{name}"]
                ?? throw new DistributedApplicationException($"Connection string '{name}' has no value: set ConnectionStrings__{name}."),
            secret: true);
        return builder.AddResource<IResourceWithConnectionString>(new ConnectionStringResource(name, value));
    }
}

/// <summary>Adds PostgreSQL.</summary>
public static class PostgresBuilderExtensions
{
    /// <summary>Adds a server, run from the PostgreSQL installed on this machine. Without a password it gets a random one for this run.</summary>
    public static IResourceBuilder<PostgresServerResource> AddPostgres(
        this IDistributedApplicationBuilder builder,
        string name,
        IResourceBuilder<ParameterResource>? userName = null,
        IResourceBuilder<ParameterResource>? password = null,
        int? port = null)
    {
        password ??= builder.AddParameter($"{name}-password", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), secret: true);
        return builder.AddResource(new PostgresServerResource(name, userName?.Resource, password.Resource))
            .WithAnnotation(new EndpointAnnotation { Name = PostgresServerResource.PrimaryEndpointName, UriScheme = "tcp", Port = port });
    }

    /// <summary>Adds a database, created when it is not there.</summary>
    public static IResourceBuilder<PostgresDatabaseResource> AddDatabase(
        this IResourceBuilder<PostgresServerResource> builder, string name, string? databaseName = null) =>
        builder.ApplicationBuilder.AddResource(new PostgresDatabaseResource(name, databaseName ?? name, builder.Resource));

    /// <summary>Keeps the data across restarts; here it always is, in the state folder.</summary>
    public static IResourceBuilder<PostgresServerResource> WithDataVolume(this IResourceBuilder<PostgresServerResource> builder, string? name = null) =>
        builder.WithAnnotation(new DataVolumeAnnotation(name ?? $"{builder.Resource.Name}-data"));
}
