namespace Slipway.Tests.Cluster;

/// <summary>Tests that start, break and kill processes of their own: one at a time, and after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ChaosCollection
{
    public const string Name = "chaos";
}
