namespace Slipway.Tests.Infrastructure;

/// <summary>The portal as it is shipped: its own process in front of an API process.</summary>
sealed class WebProcess : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly string keys;

    private WebProcess(ChildProcess process, Uri address, string keys)
    {
        this.process = process;
        this.keys = keys;
        Address = address;
    }

    public Uri Address { get; }

    public double ResidentMiB => process.ResidentMiB;

    /// <param name="at">Where it listens, where that has to be known beforehand.</param>
    public static async Task<WebProcess> Start(ApiProcess api, int? at = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var port = at ?? ChildProcess.FreePort();
        var directory = Directory.CreateTempSubdirectory("slipway-test-keys-").FullName;
        var variables = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["DOTNET_gcServer"] = "0",
            ["services__api__http__0"] = api.Address.ToString(),
            ["DataProtection__KeyDirectory"] = directory,
            ["PublicUrl"] = $"http://127.0.0.1:{port}",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        var portal = ChildProcess.Start("web", ["dotnet", TestEnvironment.Assembly("Web")], variables, workingDirectory: Path.GetDirectoryName(TestEnvironment.Assembly("Web")));
        var web = new WebProcess(portal, new($"http://127.0.0.1:{port}"), directory);
        try
        {
            await portal.WaitFor(new(web.Address, "/health"), TimeSpan.FromSeconds(120));
            return web;
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything it wrote.</summary>
    public string Log => process.Log;

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines = 40) => process.Tail(lines);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }
}
