using System.Security.Cryptography;

namespace Slipway.Tests.Infrastructure;

/// <summary>Names that no other run uses, so that runs on one cluster do not meet.</summary>
static class Names
{
    private static int counter;

    /// <summary>In every name of this run.</summary>
    public static string Run { get; } = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 5);

    /// <summary>What every namespace of this run begins with.</summary>
    public static string Prefix => $"t-{Run}-";

    /// <summary>Whether any namespace may have been made.</summary>
    public static bool Used { get; private set; }

    /// <summary>A new project's (or foreign namespace's) name.</summary>
    public static string Project(string about = "p")
    {
        Used = true;
        return $"{Prefix}{about}{Next()}";
    }

    /// <summary>A new database's name.</summary>
    public static string Database() => $"slipway_test_{Run}_{Next()}";

    /// <summary>A new person's address.</summary>
    public static string Email() => $"person{Next()}.{Run}@example.com";

    /// <summary>A number that this run has not used.</summary>
    public static int Next() => Interlocked.Increment(ref counter);
}
