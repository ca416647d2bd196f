using System.Net;
using System.Text;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

/// <summary>Bodies that nobody's client sends on purpose, at every route that takes one.</summary>
public sealed class BodyTests(Platform platform) : PlatformTest(platform)
{
    private static readonly (string What, byte[] Bytes)[] Malformed =
    [
        ("nothing", []),
        ("not JSON", "hello"u8.ToArray()),
        ("a cut-off object", """{"name":"x","image":"""u8.ToArray()),
        ("null", "null"u8.ToArray()),
        ("a number", "7"u8.ToArray()),
        ("a string", "\"x\""u8.ToArray()),
        ("an array", "[]"u8.ToArray()),
        ("two values", "{} {}"u8.ToArray()),
        ("an unknown member", """{"surprise":1}"""u8.ToArray()),
        ("a comment", """{/* */}"""u8.ToArray()),
        ("a trailing comma", """{"name":"x",}"""u8.ToArray()),
        ("deep nesting", Encoding.UTF8.GetBytes($$"""{"name":{{new string('[', 5000)}}{{new string(']', 5000)}}}""")),
        ("invalid UTF-8", [.. "{\"name\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]),
        ("a NUL byte", [.. "{\"name\":\""u8, 0, .. "\"}"u8]),
        ("UTF-16", Encoding.Unicode.GetBytes("""{"name":"x"}""")),
        ("a byte order mark alone", [0xEF, 0xBB, 0xBF]),
    ];

    public static TheoryData<string> RoutesWithABody => [.. Routes.All.Where(r => r.Body is not null).Select(r => r.ToString())];

    [Theory]
    [MemberData(nameof(RoutesWithABody))]
    public async Task A_malformed_body_is_a_400(string route)
    {
        var (owner, project, app) = await Platform.Shared();
        var found = Routes.All.Single(r => r.ToString() == route);
        foreach (var (what, bytes) in Malformed)
        {
            using var answer = await owner.Send(new(found.Method), found.At(project, app), bytes);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            await answer.IsProblem(HttpStatusCode.BadRequest);
        }
    }

    [Theory]
    [MemberData(nameof(RoutesWithABody))]
    public async Task A_body_that_is_not_called_JSON_is_a_415(string route)
    {
        var (owner, project, app) = await Platform.Shared();
        var found = Routes.All.Single(r => r.ToString() == route);
        foreach (var type in (string?[])["text/plain", "application/xml", "multipart/form-data; boundary=x", null])
        {
            using var answer = await owner.Send(new(found.Method), found.At(project, app), found.Body!, type);
            await answer.IsProblem(HttpStatusCode.UnsupportedMediaType);
        }
    }

    [Theory]
    [MemberData(nameof(RoutesWithABody))]
    public async Task A_body_of_many_megabytes_is_a_413_or_a_400(string route)
    {
        var (owner, project, app) = await Platform.Shared();
        var found = Routes.All.Single(r => r.ToString() == route);
        var body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 40 << 20)}}"}""");
        using var answer = await owner.Send(new(found.Method), found.At(project, app), body);
        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest]);
        await answer.IsProblem(answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"x","name":"y","image":"nginx"}""")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"A":"1","A":"2"}}""")]
    [InlineData("""{"name":"x","image":"nginx","resources":{"cpu":1,"cpu":2,"memoryMiB":64}}""")]
    public async Task A_field_that_is_there_twice_is_refused_rather_than_guessed_at(string body)
    {
        var (owner, project, _) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Post, $"/api/projects/{project}/apps", body);
        await answer.IsProblem(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"name":"\ud800","image":"nginx"}""")]
    [InlineData("""{"name":"x","image":"\udfff"}""")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"A":"\ud83d"}}""")]
    [InlineData("""{"name":"x","image":"nginx","environment":{"\ud83d":"a"}}""")]
    [InlineData("""{"name":"x","image":"nginx","arguments":["\ude00"]}""")]
    [InlineData("""{"name":"x","image":"nginx","\udc00":"a"}""")]
    public async Task Half_a_character_is_a_400(string body)
    {
        var (owner, project, _) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Post, $"/api/projects/{project}/apps", body);
        await answer.IsProblem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_take_is_a_405_that_says_which_it_takes()
    {
        var (owner, project, app) = await Platform.Shared();
        foreach (var (method, path) in ((string, string)[])[("PUT", "/api/projects"), ("DELETE", "/api/me"), ("GET", "/api/account/login"),
            ("PUT", $"/api/projects/{project}/apps/{app}"), ("GET", $"/api/projects/{project}/apps/{app}/restart")])
        {
            using var answer = await owner.Send(new(method), path);
            await answer.IsProblem(HttpStatusCode.MethodNotAllowed);
            Assert.NotEmpty(answer.Content.Headers.Allow);
        }
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/api/projects/x/y/z")]
    [InlineData("/api/account")]
    public async Task A_path_that_leads_nowhere_is_a_404(string path)
    {
        var (owner, _, _) = await Platform.Shared();
        using var answer = await owner.Send(HttpMethod.Get, path);
        await answer.IsProblem(HttpStatusCode.NotFound);
    }
}
