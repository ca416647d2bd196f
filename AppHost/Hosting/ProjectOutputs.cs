using System.Reflection;

namespace Slipway.AppHost.Hosting;

/// <summary>Where the build put the projects of the model, in whatever configuration and artifacts folder it used.</summary>
static class ProjectOutputs
{
    /// <summary>The program that was built of a project; null where it is not there.</summary>
    public static string? ProgramOf(ProjectResource project)
    {
        var key = $"ProjectOutput:{Path.GetFullPath(project.GetProjectMetadata().ProjectPath)}";
        var assembly = typeof(ProjectOutputs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;
        var program = assembly is null ? null : Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(program) ? program : null;
    }
}
