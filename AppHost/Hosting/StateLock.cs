using System.Globalization;
using System.Text;

namespace Slipway.AppHost.Hosting;

/// <summary>Holds the state folder for one AppHost: the file <c>apphost.lock</c> in it, which ends with the process, however that ends.</summary>
sealed class StateLock : IDisposable
{
    private readonly FileStream file;

    private StateLock(FileStream file, bool earlierRunWasKilled)
    {
        this.file = file;
        EarlierRunWasKilled = earlierRunWasKilled;
    }

    /// <summary>Whether an earlier AppHost did not come to its end: what it started may still be on its way out.</summary>
    public bool EarlierRunWasKilled { get; }

    /// <summary>Null where another AppHost holds it.</summary>
    public static StateLock? TryTake(string home)
    {
        try
        {
            // On Linux FileShare.None is flock(2).
            var taken = new FileStream(Path.Combine(Directory.CreateDirectory(home).FullName, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var killed = taken.Length > 0;
            taken.SetLength(0);
            taken.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            taken.Flush();
            return new(taken, killed);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        file.SetLength(0);
        file.Dispose();
    }
}
