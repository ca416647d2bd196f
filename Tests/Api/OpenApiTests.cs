using System.Text.Json;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api;

public sealed class OpenApiTests(Platform platform) : PlatformTest(platform)
{
    [Fact]
    public async Task The_description_is_OpenAPI_3_1_and_has_every_route_with_a_summary()
    {
        using var http = (await Platform.Api()).Http();
        using var document = JsonDocument.Parse(await http.GetStringAsync("/openapi/v1.json"));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString());
        var paths = document.RootElement.GetProperty("paths");
        foreach (var route in Routes.All)
        {
            Assert.True(paths.TryGetProperty(route.Template, out var path), $"{route} is not described; there are {string.Join(", ", paths.EnumerateObject().Select(p => p.Name))}");
            Assert.True(path.TryGetProperty(route.Method.ToLowerInvariant(), out var operation), $"{route} is not described.");
            Assert.True(operation.TryGetProperty("summary", out var summary) && summary.GetString() is { Length: > 5 }, $"{route} has no summary.");
        }
    }

    [Fact]
    public async Task The_description_can_be_browsed()
    {
        using var http = (await Platform.Api()).Http();
        using var answer = await http.GetAsync("/docs");
        var page = answer.StatusCode is System.Net.HttpStatusCode.OK ? answer : await http.GetAsync(answer.Headers.Location);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_is_one_word_for_everybody(string path)
    {
        using var http = (await Platform.Api()).Http();
        Assert.Equal("Healthy", await http.GetStringAsync(path));
    }
}
