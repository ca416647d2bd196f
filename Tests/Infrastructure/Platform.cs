using Slipway.Api.Accounts;
using Slipway.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(Platform))]

namespace Slipway.Tests.Infrastructure;

/// <summary>What most tests share: the cluster, and one API process on one database, started by the first test that asks.</summary>
public sealed class Platform : IAsyncDisposable
{
    private readonly Lazy<TestCluster> cluster = new(() => new());
    private readonly Lazy<Task<(TestDatabase Database, ApiProcess Api)>> shared = new(StartShared);

    private readonly SemaphoreSlim one = new(1);
    private (TestUser Owner, string Project, string App, DateTime SignedIn)? project;

    internal TestCluster Cluster => cluster.Value;

    internal async Task<ApiProcess> Api() => (await shared.Value).Api;

    internal async Task<TestDatabase> Database() => (await shared.Value).Database;

    /// <summary>A new person at the shared API.</summary>
    internal async Task<TestUser> NewUser() => await TestUser.Register(await Api());

    /// <summary>A project with one stopped app that any test may look at and none may change. Its owner's access token is good for ten minutes more.</summary>
    internal async Task<(TestUser Owner, string Project, string App)> Shared()
    {
        await one.WaitAsync();
        try
        {
            var found = project ??= await StartProject();
            if (DateTime.UtcNow - found.SignedIn > SessionTokens.Lifetime - TimeSpan.FromMinutes(10))
            {
                found = (await TestUser.Again(await Api(), found.Owner.Email), found.Project, found.App, DateTime.UtcNow);
                project = found;
            }

            return (found.Owner, found.Project, found.App);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>The end of the shared API's log; empty where no test used it.</summary>
    internal string LogTail() => shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true } ? shared.Value.Result.Api.Tail(60) : "";

    public async ValueTask DisposeAsync()
    {
        if (shared.IsValueCreated && shared.Value.IsCompletedSuccessfully)
        {
            var (database, api) = await shared.Value;
            await api.DisposeAsync();
            await File.WriteAllTextAsync(Path.Combine(TestEnvironment.Results, "api.log"), api.Log);
            await database.DisposeAsync();
        }

        if (cluster.IsValueCreated || Names.Used)
        {
            await cluster.Value.DisposeAsync();
        }
    }

    private async Task<(TestUser, string, string, DateTime)> StartProject()
    {
        var (owner, signedIn) = (await NewUser(), DateTime.UtcNow);
        var name = await owner.NewProject("shared");
        await owner.Client.CreateApp(name, PlatformTest.Small("shop") with { Stopped = true });
        return (owner, name, "shop", signedIn);
    }

    private static async Task<(TestDatabase, ApiProcess)> StartShared()
    {
        var database = await TestDatabase.Create();
        try
        {
            var api = await ApiProcess.Start(database);
            // The first account is the administrator's, who sees every project: that is to be nobody of the tests.
            using var administrator = await TestUser.Register(api);
            return (database, api);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }
}
