using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Slipway.AppHost.Engine.Running;
using Slipway.Tests.AppHost;

namespace Slipway.Tests.Unit.AppHost;

/// <summary>What the engine decides without starting anything.</summary>
public sealed class EngineTests
{
    [Fact]
    public void A_project_gets_what_Aspire_injects()
    {
        var b = TestRun.NewBuilder("/nowhere");
        var database = b.AddPostgres("postgres", password: b.AddParameter("password", "pw", secret: true), port: 5432).AddDatabase("shop");
        var api = b.AddProject("the-api", "Api.csproj").WithHttpEndpoint(port: 8081);
        var web = b.AddProject("web", "Web.csproj").WithHttpEndpoint(port: 8080)
            .WithReference(api)
            .WithReference(database)
            .WithReference("search", new Uri("https://search.example/"))
            .WithEnvironment("Api", api.GetEndpoint("http"))
            .WithEnvironment("Text", ReferenceExpression.Create($"at {api.GetEndpoint("http").Property(EndpointProperty.Port)}!"))
            .WithEnvironment("Late", () => "computed");
        Endpoints.Allocate(b.Resources);

        Assert.Equivalent(new Dictionary<string, string>
        {
            ["services__the-api__http__0"] = "http://127.0.0.1:8081",
            ["THE_API_HTTP"] = "http://127.0.0.1:8081",
            ["ConnectionStrings__shop"] = "Host=127.0.0.1;Port=5432;Username=postgres;Password=pw;Database=shop",
            ["services__search__default__0"] = "https://search.example/",
            ["SEARCH"] = "https://search.example/",
            ["Api"] = "http://127.0.0.1:8081",
            ["Text"] = "at 8081!",
            ["Late"] = "computed",
        }, EnvironmentInjection.OfModel(web.Resource, new RunValues()), strict: true);

        var ofRun = EnvironmentInjection.OfRun(web.Resource);
        Assert.Equal("http://127.0.0.1:8080", ofRun["ASPNETCORE_URLS"]);
        Assert.Equal("web", ofRun["OTEL_SERVICE_NAME"]);
        Assert.StartsWith("service.instance.id=", ofRun["OTEL_RESOURCE_ATTRIBUTES"], StringComparison.Ordinal);
        Assert.DoesNotContain("pw", EnvironmentInjection.OfModel(web.Resource, new ShownValues())["ConnectionStrings__shop"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(2, 0.5, 2)]
    [InlineData(4, 0.0, 6)]
    [InlineData(4, 1.0, 10)]
    [InlineData(6, 0.5, 30)]
    [InlineData(1000, 0.5, 30)]
    public void Pauses_between_restarts_double_up_to_half_a_minute(int crashes, double jitter, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new RestartPolicy().DelayAfter(crashes, jitter));

    [Fact]
    public void A_log_keeps_its_last_lines_and_numbers_them_on()
    {
        var log = new LogBuffer(TimeProvider.System, capacity: 3);
        for (var i = 1; i <= 5; i++)
        {
            log.Add($"line {i}", isError: false);
        }

        Assert.Equal(["line 3", "line 4", "line 5"], log.Tail(10));
        Assert.Equal(["line 5"], log.Tail(10, after: 4));
        Assert.Equal(5, log.LastNumber);
    }

    [Fact]
    public void Lines_that_never_end_are_cut_into_pieces()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add);
        splitter.Add(new string('a', 40_000));
        splitter.Add("b\r\n\nc");
        splitter.Flush();
        Assert.Equal([16384, 16384, 7233, 0, 1], lines.Select(l => l.Length));
    }

    [Theory]
    [InlineData("\u001b[1;32mok\u001b[0m", "ok")]
    [InlineData("\u001b]0;title\u0007text", "text")]
    [InlineData("plain [31m text", "plain [31m text")]
    public void Terminal_codes_are_no_part_of_a_log(string printed, string kept) => Assert.Equal(kept, AnsiCodes.Strip(printed));

    [Fact]
    public void A_wrong_model_is_refused_in_words()
    {
        var b = TestRun.NewBuilder("/nowhere");
        var tool = b.AddExecutable("tool", "true", ".").WithHttpEndpoint();
        Assert.Equal("There are two resources named 'tool'.", Assert.Throws<DistributedApplicationException>(() => b.AddExecutable("tool", "true", ".")).Message);
        Assert.Equal("Resource 'tool' has two endpoints named 'http'.", Assert.Throws<DistributedApplicationException>(() => tool.WithHttpEndpoint()).Message);
        Assert.Contains("no resource name", Assert.Throws<ArgumentException>(() => b.AddExecutable("Tool", "true", ".")).Message, StringComparison.Ordinal);
        Assert.Equal("Parameter 'key' has no value: set Parameters__key.", Assert.Throws<DistributedApplicationException>(() => b.AddParameter("key").Resource.Value).Message);
    }
}
