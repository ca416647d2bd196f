using System.Diagnostics;
using System.Text;
using Npgsql;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Cluster;

public sealed class EnvironmentTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task Values_arrive_byte_for_byte_and_are_nowhere_to_be_read()
    {
        using var user = await Platform.NewUser();
        var project = await user.NewProject();
        var secret = $"s3cret{Names.Run}{Guid.NewGuid():N}";
        var values = new Dictionary<string, string>
        {
            ["PLAIN"] = secret,
            ["DOLLARS"] = $"{secret} $ $$ $PATH ${{PATH}} $(PATH) $$(PATH) \\$x `date`",
            ["QUOTES"] = $"{secret} ' \" '' \"\" \\ \\\\ {{}} [] : # & | > < ! % @ *",
            ["LINES"] = $"{secret}\nsecond\r\n\tthird\n\n",
            ["SPACES"] = $"  {secret}  ",
            ["EMOJI"] = $"{secret} 🚢👩‍👩‍👧 ünïcödé \u202e \ufeff é \u0001\u001b[31m",
            ["EMPTY"] = "",
            ["BIG"] = secret + new string('x', AppRules.MaxValueBytes - secret.Length),
            ["dotted.name-with.dashes"] = secret,
            ["_"] = secret,
            ["JSON"] = $$"""{"a":"{{secret}}","b":[1,null]}""",
        };
        await user.Client.CreateApp(project, Small("shop") with { Environment = values });
        await AppIs(user.Client, project, "shop", AppState.Running);
        var pod = await Cluster.ReadyPod(project, "shop");
        var arrived = await Cluster.EnvironmentOf(pod);
        foreach (var (name, value) in values)
        {
            Assert.True(arrived.TryGetValue(name, out var there), $"{name} did not arrive; there are {string.Join(", ", arrived.Keys)}");
            Assert.Equal(value, there);
        }

        Assert.Equal("8080", arrived["PORT"]);
        Assert.DoesNotContain(arrived.Keys, name => name.Contains("_SERVICE_HOST", StringComparison.Ordinal) && !name.StartsWith("KUBERNETES", StringComparison.Ordinal));

        // One variable changes, the others stay as they are, byte for byte.
        await user.Client.PatchApp(project, "shop", new() { Environment = new Dictionary<string, string?> { ["PLAIN"] = "changed", ["EMPTY"] = null } });
        await AppIs(user.Client, project, "shop", AppState.Running, release: 2);
        var fresh = await Wait.For("a pod of release 2", async _ => (await Cluster.Pods(project, "shop")).FirstOrDefault(p =>
            TestCluster.IsReady(p) && p.Metadata.Labels["slipway.dev/release"] == "2"), found => found is not null, describe: _ => "none");
        var changed = await Cluster.EnvironmentOf(fresh!);
        Assert.Equal("changed", changed["PLAIN"]);
        Assert.False(changed.ContainsKey("EMPTY"));
        Assert.Equal(values["DOLLARS"], changed["DOLLARS"]);
        Assert.Equal(values["BIG"], changed["BIG"]);

        await NoAnswerShows(user, project, secret);
        NothingIn((await Platform.Api()).Log, secret, "the API's log");
        NothingIn(await Dump((await Platform.Database()).ConnectionString), secret, "the database's dump");
    }

    private static async Task NoAnswerShows(TestUser user, string project, string secret)
    {
        foreach (var path in (string[])["", "/releases", "/events", "/pods", "/logs"])
        {
            NothingIn(await user.Http.GetStringAsync($"/api/projects/{project}/apps/shop{path}"), secret, $"the answer of …/shop{path}");
        }

        using var refusal = await user.SendJson(HttpMethod.Post, $"/api/projects/{project}/apps",
            PlatformTest.Small("other") with { Port = 0, Environment = new Dictionary<string, string> { ["X"] = secret, ["Y\0"] = secret } });
        NothingIn(await refusal.Content.ReadAsStringAsync(), secret, "a refusal");
    }

    private static void NothingIn(string text, string secret, string where)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        foreach (var form in (string[])[secret, Convert.ToHexString(bytes), Convert.ToBase64String(bytes)[..^4]])
        {
            Assert.False(text.Contains(form, StringComparison.OrdinalIgnoreCase), $"The value of a variable is in {where}.");
        }
    }

    private static async Task<string> Dump(string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("pg_dump") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = connection.Password;
        foreach (var argument in (string[])["-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, connection.Database!])
        {
            start.ArgumentList.Add(argument);
        }

        using var dump = Process.Start(start)!;
        var errors = dump.StandardError.ReadToEndAsync();
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        Assert.True(dump.ExitCode == 0 && text.Contains("COPY public.releases", StringComparison.Ordinal), await errors);
        return text;
    }
}
