using Slipway.Contracts;

namespace Slipway.Tests.Infrastructure;

/// <summary>A test of the running platform. Where it fails, the end of the API's log is part of what it reports.</summary>
public abstract class PlatformTest(Platform platform) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> own = [];

    internal TestCluster Cluster => platform.Cluster;

    internal Platform Platform => platform;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
        {
            var apis = own.OfType<ApiProcess>().Select(a => a.Tail(80)).DefaultIfEmpty(platform.LogTail());
            TestContext.Current.TestOutputHelper?.WriteLine($"The API's log ends with:\n{string.Join("\n---- another process ----\n", apis)}");
        }

        foreach (var disposable in Enumerable.Reverse(own))
        {
            await disposable.DisposeAsync();
        }
    }

    /// <summary>Disposes it when the test is over, in reverse order.</summary>
    internal T Own<T>(T disposable)
        where T : IAsyncDisposable
    {
        own.Add(disposable);
        return disposable;
    }

    /// <summary>An app small enough that a hundred of them fit on the test node.</summary>
    internal static CreateApp Small(string name, string image = "sample-http:1", int? port = 8080) => new()
    {
        Name = name,
        Image = TestEnvironment.Sample(image),
        Port = port,
        Resources = new(0.02m, 32),
    };

    /// <summary>Waits until the app is in this state (at this release).</summary>
    internal static Task<AppView> AppIs(SlipwayClient client, string project, string app, AppState state, int? release = null,
        TimeSpan? deadline = null) =>
        Wait.For($"{project}/{app} to be {state}{(release is null ? "" : $" at release {release}")}", cancel => client.App(project, app, cancel),
            view => view.Status.State == state && (release is null || view.Release == release), deadline);

    /// <summary>Waits until the app is no more.</summary>
    internal static Task AppIsGone(SlipwayClient client, string project, string app) =>
        Wait.Until($"{project}/{app} to be gone", async cancel =>
        {
            try
            {
                await client.App(project, app, cancel);
                return false;
            }
            catch (SlipwayApiException e) when (e.Status is System.Net.HttpStatusCode.NotFound)
            {
                return true;
            }
        });
}
