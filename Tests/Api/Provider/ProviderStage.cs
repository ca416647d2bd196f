using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Provider;

/// <summary>An API process that signs people in with a provider of its own.</summary>
sealed class ProviderStage : IAsyncDisposable
{
    public required ProviderHost Provider { get; init; }

    public required TestDatabase Database { get; init; }

    public required ApiProcess Api { get; init; }

    public static async Task<ProviderStage> Set(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var provider = await ProviderHost.Start();
        var database = await TestDatabase.Create();
        var all = provider.Settings;
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        return new() { Provider = provider, Database = database, Api = await ApiProcess.Start(database, settings: all) };
    }

    /// <summary>Another process of the API on the same database, with some settings changed.</summary>
    public Task<ApiProcess> Another(params (string Name, string? Value)[] changed)
    {
        var all = Provider.Settings;
        foreach (var (name, value) in changed)
        {
            all[name] = value;
        }

        return ApiProcess.Start(Database, settings: all);
    }

    /// <summary>A client that speaks for nobody.</summary>
    public SlipwayClient Nobody(ApiProcess? at = null) => new((at ?? Api).Http());

    /// <summary>Goes to the provider as somebody and comes back with what it says.</summary>
    public async Task<FinishProviderSignIn> GoAndComeBack(string person, ApiProcess? at = null)
    {
        var start = await Nobody(at).StartProviderSignIn();
        var back = await ProviderHost.Visit(start.Address, person);
        return new(back["code"], back["state"], start.Request) { Issuer = back["iss"] };
    }

    /// <summary>Signs somebody in.</summary>
    public async Task<TestUser> SignIn(string person, ApiProcess? at = null) =>
        TestUser.With(at ?? Api, Provider.People[person].Email ?? "", await Nobody(at).FinishProviderSignIn(await GoAndComeBack(person, at)));

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Provider.DisposeAsync();
        await Database.DisposeAsync();
    }
}
