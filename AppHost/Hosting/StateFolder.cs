using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Slipway.AppHost.Hosting;

/// <summary>The one folder that outlives a run: data, keys, the local cluster. Nothing is ever written into the repository.</summary>
static class StateFolder
{
    /// <summary><c>SLIPWAY_HOME</c>, else <c>slipway</c> under the user's cache folder (XDG base directory specification).</summary>
    public static string Of(IConfiguration configuration)
    {
        if (configuration["SLIPWAY_HOME"] is { Length: > 0 } home)
        {
            return Path.GetFullPath(home);
        }

        var cache = configuration["XDG_CACHE_HOME"] is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "slipway");
    }

    /// <summary>A folder in it, created when missing.</summary>
    public static string Folder(IConfiguration configuration, string name) => Directory.CreateDirectory(Path.Combine(Of(configuration), name)).FullName;

    /// <summary>A secret that stays the same across runs: made at first use, readable by its owner only.</summary>
    /// <param name="configuration">Says where the state folder is.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="bytes">How many random bytes; the secret is their base64.</param>
    public static string Secret(IConfiguration configuration, string name, int bytes = 32)
    {
        var path = SecretPath(configuration, name);
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (FileNotFoundException)
        {
            return File.ReadAllText(WriteSecret(configuration, name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)), keep: true));
        }
    }

    /// <summary>Writes a secret to a file only its owner can read, whole or not at all, and returns the file's path.</summary>
    public static string WriteSecret(IConfiguration configuration, string name, string value, bool keep = false)
    {
        var path = SecretPath(configuration, name);
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(draft, options))
        {
            file.Write(value);
        }

        try
        {
            File.Move(draft, path, overwrite: !keep);
        }
        catch (IOException) when (keep && File.Exists(path))
        {
            File.Delete(draft); // another process was first: its secret counts
        }

        return path;
    }

    /// <summary>The file of a secret.</summary>
    public static string SecretPath(IConfiguration configuration, string name) => Path.Combine(Folder(configuration, "secrets"), name);
}
