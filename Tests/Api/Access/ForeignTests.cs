using System.Net;
using Slipway.Contracts;
using Slipway.Tests.Infrastructure;

namespace Slipway.Tests.Api.Access;

/// <summary>What belongs to others is not reached by its name or id, in whatever part of a request it stands.</summary>
public sealed class ForeignTests(Platform platform) : PlatformTest(platform)
{
    private static readonly string[] Headers =
        ["Impersonate-User", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Auth-Request-Email", "X-Forwarded-For", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"];

    [Fact]
    public async Task Nothing_of_another_project_is_reached_by_path_query_body_or_header()
    {
        using var victim = await Platform.NewUser();
        using var attacker = await Platform.NewUser();
        var (theirs, mine) = (await victim.NewProject("theirs"), await attacker.NewProject("mine"));
        await victim.Client.CreateApp(theirs, Small("secret") with { Stopped = true });
        await attacker.Client.CreateApp(mine, Small("shop") with { Stopped = true });
        var token = (await victim.Client.CreateToken(new("token", Role.Viewer, 1))).Token.Id;
        var session = (await victim.Client.Sessions()).Items[0].Id;

        foreach (var (method, path) in (IEnumerable<(HttpMethod, string)>)
        [
            (HttpMethod.Get, $"/api/projects/{theirs}"), (HttpMethod.Delete, $"/api/projects/{theirs}"),
            (HttpMethod.Get, $"/api/projects/{theirs}/apps/secret"), (HttpMethod.Delete, $"/api/projects/{theirs}/apps/secret"),
            (HttpMethod.Get, $"/api/projects/{theirs}/apps/secret/logs"), (HttpMethod.Get, $"/api/projects/{theirs}/events"),
            (HttpMethod.Get, $"/api/projects/{mine}/apps/secret"), (HttpMethod.Get, $"/api/projects/{mine}/apps/secret?project={theirs}"),
            (HttpMethod.Get, $"/api/projects/{mine}%2F..%2F{theirs}/apps/secret"), (HttpMethod.Get, $"/api/projects/{theirs.ToUpperInvariant()}/apps/secret"),
            (HttpMethod.Delete, $"/api/account/tokens/{token}"), (HttpMethod.Delete, $"/api/account/sessions/{session}"),
        ])
        {
            using var answer = await attacker.Send(method, path);
            Assert.True(answer.StatusCode is HttpStatusCode.NotFound, $"{method} {path}: {answer.StatusCode}");
        }

        // A field that names another place is no field of the request.
        using (var answer = await attacker.SendJson(HttpMethod.Post, $"/api/projects/{mine}/apps", new { name = "spy", image = "nginx:1.27", project = theirs }))
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        foreach (var header in Headers)
        {
            foreach (var value in (string[])[victim.Email, "127.0.0.1", $"/api/projects/{theirs}/apps/secret", "DELETE"])
            {
                Assert.Equal(HttpStatusCode.NotFound, (await With($"/api/projects/{theirs}/apps/secret", header, value)).Status);
                var (status, me) = await With("/api/me", header, value);
                Assert.True(status is HttpStatusCode.OK && me.Contains(attacker.Email, StringComparison.Ordinal), $"{header}: {value} gave {status} {me}");
            }
        }

        Assert.Equal("secret", (await victim.Client.App(theirs, "secret")).Name);
        Assert.Contains((await victim.Client.Tokens()).Items, t => t.Id == token);

        async Task<(HttpStatusCode Status, string Text)> With(string path, string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            using var answer = await attacker.Http.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
