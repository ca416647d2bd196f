using System.Security.Cryptography;
using System.Text;

namespace Slipway.Tests.Infrastructure;

/// <summary>The API as it is shipped: its own process, its own port, configured by environment variables alone.</summary>
sealed class ApiProcess : IAsyncDisposable
{
    // One key for the whole run: processes that share a database must share it.
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly Dictionary<string, string?> environment;
    private readonly StringBuilder log = new();
    private ChildProcess process;

    private ApiProcess(int port, Dictionary<string, string?> environment)
    {
        Address = new($"http://127.0.0.1:{port}");
        this.environment = environment;
        process = Spawn();
    }

    public Uri Address { get; }

    /// <summary>Everything it wrote, over all its restarts.</summary>
    public string Log => process.Log;

    public double ResidentMiB => process.ResidentMiB;

    public int Id => process.Id;

    /// <summary>Starts a process; <see cref="Ready"/> waits for it.</summary>
    /// <param name="kubeConfig">Null: the test cluster's.</param>
    /// <param name="at">Null: any port.</param>
    public static ApiProcess Spawn(TestDatabase database, string? kubeConfig = null, IReadOnlyDictionary<string, string?>? settings = null, int? at = null)
    {
        var port = at ?? ChildProcess.FreePort();
        var variables = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["DOTNET_gcServer"] = "0",
            ["ConnectionStrings__slipway"] = database.ConnectionString,
            ["Cluster__KubeConfig"] = kubeConfig ?? TestEnvironment.KubeConfig,
            // A release that never becomes healthy is to be found out within a test's patience.
            ["Cluster__ProgressDeadlineSeconds"] = "45",
            ["Exposure__Mode"] = "NodePort",
            ["Exposure__Host"] = "127.0.0.1",
            ["Encryption__Key"] = Key,
            // All of the tests' users come from one address.
            ["Accounts__AttemptsPerAddress"] = "100000",
            ["PublicUrl"] = "http://127.0.0.1",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = null,
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        return new(port, variables);
    }

    /// <summary>Starts a process and waits until it is ready to serve.</summary>
    public static async Task<ApiProcess> Start(
        TestDatabase database, string? kubeConfig = null, IReadOnlyDictionary<string, string?>? settings = null, int? at = null)
    {
        var api = Spawn(database, kubeConfig, settings, at);
        try
        {
            await api.Ready();
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public Task Ready() => process.WaitFor(new(Address, "/health"), TimeSpan.FromSeconds(120));

    /// <summary>Kills it with SIGKILL.</summary>
    public Task KillHard() => process.KillHard();

    /// <summary>Starts it again on the same port after it was killed.</summary>
    public async Task Restart()
    {
        await process.DisposeAsync();
        process = Spawn();
    }

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines = 40) => process.Tail(lines);

    /// <summary>A client of it without credentials.</summary>
    public HttpClient Http() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private ChildProcess Spawn() => ChildProcess.Start("api", ["dotnet", TestEnvironment.Assembly("Api")], environment, log,
        Path.GetDirectoryName(TestEnvironment.Assembly("Api")));
}
