using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Accounts;

/// <summary>A platform of its own, whose administrator has a project with an app that never stops writing to its log.</summary>
public sealed class EffectStage : IAsyncLifetime
{
    public const string App = "chatter";

    internal TestDatabase Database { get; private set; } = null!;

    internal ApiProcess Api { get; private set; } = null!;

    internal TestUser Administrator { get; private set; } = null!;

    internal string Project { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TestDatabase.Create();
        Api = await ApiProcess.Start(Database);
        Administrator = await TestUser.Register(Api);
        Project = await Administrator.NewProject("effect");
        await Administrator.Client.CreateApp(Project, PlatformTest.Small(App, port: null) with
        {
            Command = ["/bin/sh", "-c"],
            Arguments = ["trap 'exit 0' TERM; while :; do echo still here; sleep 0.5; done"],
        });
        await PlatformTest.AppIs(Administrator.Client, Project, App, AppState.Running);
    }

    public async ValueTask DisposeAsync()
    {
        Administrator?.Dispose();
        if (Api is not null)
        {
            await Api.DisposeAsync();
        }

        if (Database is not null)
        {
            await Database.DisposeAsync();
        }
    }
}
