using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Slipway.AppHost.Engine.Publishing;
using Slipway.AppHost.Engine.Running;

namespace Aspire.Hosting;

/// <summary>An application, ready to be run or published.</summary>
public sealed class DistributedApplication
{
    readonly IConfiguration _configuration;
    readonly DistributedApplicationExecutionContext _context;
    readonly string _appHostDirectory;
    readonly IReadOnlyList<IResource> _resources;

    internal DistributedApplication(
        IConfiguration configuration, DistributedApplicationExecutionContext context, string appHostDirectory, IReadOnlyList<IResource> resources)
    {
        _configuration = configuration;
        _context = context;
        _appHostDirectory = appHostDirectory;
        _resources = resources;
    }

    /// <summary>Begins an application without a command line.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>Begins an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>Begins an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Runs until it is told to stop, or publishes. What prevents that is said on the console and in the process's exit code.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Runs until it is told to stop, or publishes. What prevents that is said on the console and in the process's exit code.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_context.IsPublishMode)
            {
                HelmPublisher.Publish(_resources, _configuration, Console.Out);
            }
            else
            {
                await new ApplicationRun(_resources, _configuration, _appHostDirectory, Console.Out).RunAsync(cancellationToken);
            }
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            Environment.ExitCode = 1;
        }
    }
}
